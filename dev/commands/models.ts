import { fetchModel, findModel } from '../models/fetch-model.ts';
import { MODEL_FILES } from '../models/model-file.ts';
import { readProjectSettings } from '../parley/settings-of-project.ts';
import { projectFolder } from '../project-folder.ts';
import { osEnvironment } from '../settings/os-environment.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** `npm run models`: fetches the models that do not come with npm packages into the cache. */
export function models(): Promise<number> {
  return untilInterrupted(async ({ clock, signal, progress, say }) => {
    const environment = osEnvironment();
    const root = projectFolder();
    const { settings } = await readProjectSettings({ root, flags: {}, environment, makesKeys: false });
    const env = { ...environment, PARLEY_CACHE: settings.get('PARLEY_CACHE')?.value };
    for (const model of MODEL_FILES) {
      const title = `${model.name} ${model.version} (${model.use}, ${model.licence})`;
      const known = await findModel({ env, model });
      const path = known ?? (await fetchModel({ env, model, clock, signal, onProgress: progress.show }));
      say(`${title}: ${known === null ? 'fetched' : 'there already'}, ${path}`);
    }
  });
}

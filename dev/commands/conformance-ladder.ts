import { compareWaits, type WaitComparison } from '@parley/bench/conformance/ladder/compare-waits';
import { describeChoice, describeReport } from '@parley/bench/conformance/ladder/describe-waits';
import { RECORDINGS_FOLDER } from '@parley/bench/conformance/ladder/spoken/recorded-clips';
import { RECORDINGS } from '@parley/bench/conformance/ladder/spoken/recordings';
import { spokenWaits } from '@parley/bench/conformance/ladder/spoken/spoken-waits';
import { virtualWaits } from '@parley/bench/conformance/ladder/virtual-waits';
import { findModel } from '../models/fetch-model.ts';
import { SMART_TURN } from '../models/model-file.ts';
import { readProjectSettings } from '../parley/settings-of-project.ts';
import { projectFolder } from '../project-folder.ts';
import { osEnvironment } from '../settings/os-environment.ts';
import { hearClips } from './conformance-hearing.ts';

/** The same waits over three kinds of talk, never mixed; null: not compared, and `skipped` says why. */
export interface LadderFigures {
  /** Virtual talks, simulated scores. */
  readonly virtual: WaitComparison;
  /** Synthetic speech, the real model. */
  readonly spoken: WaitComparison | null;
  /** People's recordings, the real model; settings are chosen on synthetic speech. */
  readonly recorded: WaitComparison | null;
  readonly skipped: readonly string[];
}

export async function compareLadders(
  asked: { readonly variants: number; readonly clips: number; readonly seed: number },
  say: (text: string) => void,
): Promise<LadderFigures> {
  const virtual = compareWaits(virtualWaits(asked));
  say(`VIRTUAL TALKS, ${asked.variants} a setting; the end-of-turn model's scores are SIMULATED.\n`);
  say(`${describeChoice(virtual)}\n\n${describeReport(virtual)}`);
  const skip = (...skipped: string[]) => {
    for (const why of skipped) say(`\nSKIPPED: ${why}`);
    return skipped;
  };
  const modelFile = await findTurnModel();
  if (modelFile === null) {
    const skipped = skip(
      'spoken clips need the end-of-turn model, which is not here: npm run models fetches it.',
    );
    return { virtual, spoken: null, recorded: null, skipped };
  }
  const { clips, seed } = asked;
  const heard = await hearClips({ modelFile, clips, seed, hearsRecordings: true });
  const spoken = compareWaits(spokenWaits(heard));
  say(
    `\nSYNTHETIC SPEECH (Flite), ${clips} clips a half, real voice activity detection and end-of-turn model.\n`,
  );
  say(`${describeChoice(spoken)}\n\n${describeReport(spoken)}`);
  if (heard.recorded.length === 0) {
    const skipped = skip(
      `people's recordings are not in ${RECORDINGS_FOLDER}: Debian's package pocketsphinx-testdata has them.`,
    );
    return { virtual, spoken, recorded: null, skipped };
  }
  const recorded = compareWaits(spokenWaits({ choice: heard.choice, report: heard.recorded }));
  say(
    `\nPEOPLE'S RECORDINGS, ${heard.recorded.length} clips of ${RECORDINGS.length} recordings; choice on synthetic speech.\n`,
  );
  say(describeReport(recorded));
  return { virtual, spoken, recorded, skipped: [] };
}

async function findTurnModel(): Promise<string | null> {
  const environment = osEnvironment();
  const root = projectFolder();
  const { settings } = await readProjectSettings({ root, flags: {}, environment, makesKeys: false });
  const env = { ...environment, PARLEY_CACHE: settings.get('PARLEY_CACHE')?.value };
  return findModel({ env, model: SMART_TURN });
}

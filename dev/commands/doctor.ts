import { parseArgs } from 'node:util';
import { PROVIDERS } from '@parley/agent/call/choose-providers';
import { wallClockEpochMs } from '@parley/agent/runtime/clock';
import { configRows } from '../doctor/config-rows.ts';
import { type Finding, fault, sound, warning } from '../doctor/finding.ts';
import { dataFinding, descriptorsFinding, nodeFinding } from '../doctor/machine-findings.ts';
import { modelFindings, turnModelFinding } from '../doctor/model-findings.ts';
import { providerFindings } from '../doctor/provider-findings.ts';
import { settingsFindings } from '../doctor/settings-findings.ts';
import { sfuFinding } from '../doctor/sfu-findings.ts';
import { decidePlace, type Place } from '../parley/place.ts';
import { type ProjectSettings, readProjectSettings } from '../parley/settings-of-project.ts';
import { projectFolder } from '../project-folder.ts';
import { PROVIDER_STAGES } from '../providers/provider-rows.ts';
import { readPrices } from '../providers/read-prices.ts';
import { osEnvironment } from '../settings/os-environment.ts';
import { formatTable } from '../terminal/table.ts';

/** `npm run doctor [-- --config] [--json]`: what keeps Parley from running here, each with its cure. Changes nothing. */
export async function doctor(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { config: { type: 'boolean' }, json: { type: 'boolean' } },
  });
  const root = projectFolder();
  const env = osEnvironment();
  const project = await readProjectSettings({ root, flags: {}, environment: env, makesKeys: false });
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  if (values.config === true) {
    const rows = configRows(project);
    if (values.json === true) say(JSON.stringify(rows, null, 2));
    else
      say(
        formatTable([
          ['setting', 'value', 'source'],
          ...rows.map(({ name, value, source }) => [name, value, source]),
        ]),
      );
    return 0;
  }
  const findings = await examine(root, project, env);
  if (values.json === true) say(JSON.stringify(findings, null, 2));
  else for (const finding of findings) say(describe(finding));
  return findings.some(({ kind }) => kind === 'fault') ? 1 : 0;
}

async function examine(
  root: string,
  project: ProjectSettings,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  const { signal } = new AbortController();
  const settings = await settingsFindings(project);
  const findings = [nodeFinding(), ...settings];
  // Without sound settings nobody knows where things would be.
  if (!settings.some(({ kind }) => kind === 'fault')) {
    const place = await placeOrFault(root, project);
    if ('kind' in place) findings.push(place);
    else findings.push(portsFinding(place), await sfuFinding({ place, env, signal }));
  }
  const cache = { ...env, PARLEY_CACHE: project.settings.get('PARLEY_CACHE')?.value };
  const others = [dataFinding(project), descriptorsFinding(project), turnModelFinding(cache)];
  const { fault: pricesFault, file } = readPrices(root, project.settings);
  const providers = await providerFindings({
    providers: PROVIDER_STAGES.flatMap((stage) =>
      PROVIDERS[stage].map(({ name, key, baseUrl }) => ({ stage, provider: name, key, baseUrl })),
    ),
    settings: project.settings,
    signal,
  });
  // Of a file that somebody named, the settings above tell.
  if (pricesFault !== null && !project.settings.has('PARLEY_PRICES'))
    findings.push(
      fault('prices', `${file}: ${pricesFault}`, 'correct it, or set PARLEY_PRICES to another file'),
    );
  return [...findings, ...(await Promise.all(others)), ...(await modelFindings(root)), ...providers];
}

async function placeOrFault(root: string, project: ProjectSettings): Promise<Place | Finding> {
  try {
    return await decidePlace({
      root,
      project: withKeys(project),
      isLan: false,
      nowEpochMs: wallClockEpochMs(),
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return fault('start', message, 'see the message');
  }
}

/** Before a first start there are no keys; where things would be does not depend on them. */
function withKeys(project: ProjectSettings): ProjectSettings {
  const settings = new Map(project.settings);
  for (const name of ['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET', 'PARLEY_ACCESS_KEY', 'PARLEY_SECRET_KEY']) {
    if (!settings.has(name)) settings.set(name, { value: 'made at the first start', source: 'keys.env' });
  }
  return { ...project, settings };
}

function portsFinding({ url, moves }: Place): Finding {
  if (moves.length === 0) return sound('ports', `free; the page would be at ${url}`);
  const taken = moves
    .map(({ what, from, to }) => `${from} is taken, so ${what} would be on ${to}`)
    .join('; ');
  return warning('ports', taken, 'end what holds them, unless that is Parley itself');
}

function describe(finding: Finding): string {
  const mark = { sound: 'ok     ', warning: 'warning', fault: 'FAULT  ' }[finding.kind];
  const line = `${mark}  ${finding.what}: ${finding.detail}`;
  return finding.kind === 'sound' ? line : `${line}\n         ${finding.cure}`;
}

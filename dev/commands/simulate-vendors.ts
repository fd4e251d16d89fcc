import type { ProjectSettings } from '../parley/settings-of-project.ts';
import { findFreePort, isPortFree } from '../ports/free-port.ts';
import { forkSimulators } from '../simulators/fork-simulators.ts';
import { simulatedSettings } from '../simulators/simulated-settings.ts';
import type { SimulatedDelays } from '../simulators/simulation.ts';
import { USUAL_HEARD } from '../simulators/usual-script.ts';

/** Vendors that are none, for `--simulate`. */
interface VendorsInUse {
  /** With the addresses and keys of the vendors, simulated or not. */
  readonly project: ProjectSettings;
  /** What a person should know of them, once all runs. */
  readonly notice: string | null;
  stop(): Promise<void>;
}

const USUAL_PORT = 4_010;

/** Starts the simulators where `delays` are given; without them nothing is other than it was. */
export async function useVendors(options: {
  readonly root: string;
  readonly project: ProjectSettings;
  readonly delays: Partial<SimulatedDelays> | null;
  readonly onProgress: (text: string) => void;
  /** What a person should know, at once. */
  readonly say: (text: string) => void;
}): Promise<VendorsInUse> {
  const { root, project, delays, say } = options;
  if (delays === null) return { project, notice: null, stop: async () => undefined };
  options.onProgress('starting: simulated vendors');
  const isUsualFree = await isPortFree(USUAL_PORT, 'tcp', '127.0.0.1');
  const port = isUsualFree ? USUAL_PORT : await findFreePort();
  if (port !== USUAL_PORT) say(`port ${USUAL_PORT} is taken: the simulated vendors are on ${port}`);
  const { baseUrls, lost, stop } = await forkSimulators({ port, delays, sound: 'speech' });
  void lost.then((why) => say(`the simulated vendors have ended (${why}): stop, and start again`));
  const settings = simulatedSettings(project.settings, { baseUrls, root });
  return { project: { ...project, settings }, notice: noticeOf(port, project, settings), stop };
}

function noticeOf(port: number, { settings: given }: ProjectSettings, used: ProjectSettings['settings']) {
  const kept = [...used.keys()].filter((name) => name.endsWith('_BASE_URL') && given.has(name));
  const agents = given.has('PARLEY_AGENTS')
    ? 'Of your agents those that have a prompt ask the simulated model.'
    : 'Talk to the agent "Simulated vendors": the others follow their own script.';
  return [
    `VENDORS ARE SIMULATED at http://127.0.0.1:${port}/VENDOR: no vendor is asked, and no key is used.`,
    ...kept.map((name) => `  ${name} was given and stays: ${used.get(name)?.value}`),
    '  Whatever you say, what is heard is the next sentence of a script:',
    ...USUAL_HEARD.map((sentence) => `    ${sentence}`),
    `  ${agents}`,
  ].join('\n');
}

import type { Clock } from '@parley/agent/runtime/clock';
import type { Health } from '@parley/contracts/http-api';
import { type BuildName, buildParley } from '../build/build.ts';
import { findModel } from '../models/fetch-model.ts';
import { SMART_TURN } from '../models/model-file.ts';
import { type Child, type Stop, startChild } from '../processes/child.ts';
import { type KeptChild, keepChild } from '../processes/kept-child.ts';
import { startWatchdog, type Watchdog } from '../processes/watchdog.ts';
import { findLivekitServer } from '../sfu/find-livekit-server.ts';
import { SFU_STOP, startSfu } from '../sfu/sfu-process.ts';
import { type NodeProgram, nodePrograms } from './children.ts';
import { waitUntilReady } from './health.ts';
import { LaunchError } from './launch-error.ts';
import { openLogFiles } from './log-files.ts';
import { noticeOfLine } from './log-line.ts';
import { createNewsFilter } from './news-filter.ts';
import { decidePlace, type Place } from './place.ts';
import type { ProjectSettings } from './settings-of-project.ts';

/** A Parley that answers calls. */
export interface RunningParley {
  readonly place: Place;
  /** As it was when it became ready. */
  readonly health: Health;
  /** Process ids of now; null for a livekit-server that somebody else runs. */
  pids(): { readonly sfu: number | null; readonly server: number; readonly agent: number };
  /** The last lines of every process. */
  logs(): string;
  readonly logFolder: string;
  /** Starts a process again at once, as after a change of its code. */
  restart(name: 'server' | 'agent'): Promise<void>;
  /** Ends every process: calls are left within 2 s. Safe to call twice. */
  stop(): Promise<void>;
}

export interface LaunchOptions {
  readonly root: string;
  readonly project: ProjectSettings;
  readonly isLan: boolean;
  /** What is built first, where it changed. */
  readonly builds: readonly BuildName[];
  /** The environment of this process: for what is no setting of ours. */
  readonly system: Readonly<Record<string, string | undefined>>;
  /** Models that `npm run models` has fetched are used where they are there. */
  readonly usesModels: boolean;
  /** How long until calls are answered, once all is built. */
  readonly readyWithinMs: number;
  readonly clock: Clock;
  readonly nowEpochMs: number;
  /** Abort ends what was started; the launch then rejects with the reason. */
  readonly signal: AbortSignal;
  /** How far a long step is. */
  readonly onProgress: (text: string) => void;
  /** What a person should know, once. */
  readonly onNotice: (text: string) => void;
}

/** The agent leaves its calls at the first, and what is left of it ends at the second. */
const AGENT_STOP: Stop = { signals: ['SIGINT', 'SIGINT'], graceMs: 4_000 };
const SERVER_STOP: Stop = { signals: ['SIGTERM'], graceMs: 3_000 };

/** Starts livekit-server, the web server and the agent, and waits until a call would be answered. */
export async function launch(options: LaunchOptions): Promise<RunningParley> {
  const { root, project, system, clock, signal, onProgress } = options;
  const place = await decidePlace(options);
  const env = { ...system, ...cacheSetting(project) };
  const smartTurnFile = options.usesModels ? await findModel({ env, model: SMART_TURN }) : null;
  const programs = nodePrograms({ root, project, place, smartTurnFile, system });
  for (const { what, from, to } of place.moves)
    options.onNotice(`port ${from} is taken: ${what} is on ${to}`);
  const [binary] = await Promise.all([
    sfuBinary(options, place),
    buildParley({ root, names: options.builds, onProgress }),
  ]);
  signal.throwIfAborted();

  const logs = openLogFiles(`${project.dataDir}/logs`);
  const watchdog = startWatchdog();
  const kept: KeptChild[] = [];
  const givenUp = new AbortController();
  let isStopping = false;
  const isNews = createNewsFilter(clock);
  // What processes complain of while they end is the end.
  const onNotice = (text: string) => {
    if (!isStopping && isNews(text)) options.onNotice(text);
  };
  const stop = async () => {
    isStopping = true;
    // The agent first, while there is somebody to tell that its calls end.
    for (const child of [...kept].reverse()) await child.stop();
    watchdog.close();
    logs.close();
  };
  const keep = async (name: string, how: Stop, start: () => Promise<Child>) => {
    const child = await keepChild({ name, start, stop: how, clock, onNotice });
    kept.push(child);
    return child;
  };
  const onLine = (name: string) => (line: string) => {
    logs.take(name, line);
    const notice = noticeOfLine(`the ${name}`, line);
    if (notice !== null) onNotice(notice);
  };

  try {
    onProgress('starting: livekit-server');
    const { livekit, sfu: plan } = place;
    const sfu =
      plan.kind === 'given' || binary === null
        ? null
        : await keep('livekit-server', SFU_STOP, () =>
            startSfu({ ...livekit, binary, ...plan, clock, watchdog, onLine: onLine('livekit-server') }),
          );
    const node = (name: string, program: NodeProgram) => () =>
      startNode({ name, program, root, clock, watchdog, onLine: onLine(name) });
    const server = await keep('the web server', SERVER_STOP, node('server', programs.server));
    const agent = await keep('the agent', AGENT_STOP, node('agent', programs.agent));
    const ready = waitUntilReady({
      origin: place.origin,
      withinMs: options.readyWithinMs,
      clock,
      signal: AbortSignal.any([signal, givenUp.signal]),
      onProgress,
    });
    const health = await Promise.race([ready, ...kept.map(({ failed }) => failed)]);
    for (const child of kept) child.stand();
    return {
      place,
      health,
      pids: () => ({ sfu: sfu?.pid() ?? null, server: server.pid(), agent: agent.pid() }),
      logs: logs.recent,
      logFolder: logs.folder,
      restart: (name) => ({ server, agent })[name].restart(),
      stop,
    };
  } catch (error) {
    givenUp.abort(error);
    await stop();
    throw error;
  }
}

/** The livekit-server to run, or null where somebody else's is used and answers. */
async function sfuBinary(options: LaunchOptions, place: Place): Promise<string | null> {
  const { system, clock, signal, onProgress } = options;
  if (place.sfu.kind === 'own') {
    const { platform, arch } = process;
    const env = { ...system, ...cacheSetting(options.project) };
    return (await findLivekitServer({ env, platform, arch, clock, signal, onProgress })).path;
  }
  const { url } = place.livekit;
  try {
    const limit = AbortSignal.timeout(SFU_ANSWERS_WITHIN_MS);
    await fetch(url.replace(/^ws/, 'http'), { signal: AbortSignal.any([signal, limit]) });
    return null;
  } catch (cause) {
    signal.throwIfAborted();
    const why = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
    throw new LaunchError(
      'livekit_unreachable',
      `No livekit-server answers at ${url} (${why}). Start it, correct LIVEKIT_URL, or unset it: then one is started here.`,
      { cause },
    );
  }
}

const SFU_ANSWERS_WITHIN_MS = 5_000;

function cacheSetting({ settings }: ProjectSettings): { readonly PARLEY_CACHE?: string } {
  const folder = settings.get('PARLEY_CACHE')?.value;
  return folder === undefined ? {} : { PARLEY_CACHE: folder };
}

function startNode(options: {
  readonly name: string;
  readonly program: NodeProgram;
  readonly root: string;
  readonly clock: Clock;
  readonly watchdog: Watchdog;
  readonly onLine: (line: string) => void;
}): Promise<Child> {
  const { name, program, root, clock, watchdog, onLine } = options;
  return startChild({
    name,
    command: process.execPath,
    args: ['--enable-source-maps', program.file],
    env: program.env,
    cwd: root,
    hasChannel: true,
    clock,
    watchdog,
    onLine,
  });
}

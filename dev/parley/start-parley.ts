import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMonotonicClock, wallClockEpochMs } from '@parley/agent/runtime/clock';
import { BUILD_NAMES } from '../build/build.ts';
import { projectFolder } from '../project-folder.ts';
import { replayFolder } from '../replay/replay-folder.ts';
import { VARIABLES } from '../settings/catalogue.ts';
import { osEnvironment } from '../settings/os-environment.ts';
import { launch } from './launch.ts';
import { readProjectSettings } from './settings-of-project.ts';

/** A whole Parley of a test's own. */
export interface Parley {
  /** What a person opens. */
  readonly url: string;
  readonly livekitUrl: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly dataDir: string;
  /** Of the processes that run now; a dead one is started again and has another. */
  readonly pids: { readonly sfu: number; readonly server: number; readonly agent: number };
  /** The last lines of every process. */
  logs(): string;
  /**
   * Ends it, replays the journals of its calls, and, unless `dataDir` was given, deletes its data. Rejects with
   * `ReplayError` where a call comes out otherwise; its data is kept then. Safe to call twice.
   */
  stop(): Promise<void>;
}

/**
 * Starts what `npm start` starts, by the same code, built from the sources as they are: on free ports of loopback, with
 * data of its own and none of this machine's settings.
 */
export async function startParley(
  options: {
    /** Folder of agent files beside the examples. Default: none. */
    readonly agentsDir?: string;
    /** Default: a new folder, deleted at the stop. */
    readonly dataDir?: string;
    /** Further settings by name, for example `PARLEY_WORKER_PROCESSES`. */
    readonly settings?: Readonly<Record<string, string>>;
    /** Each notice that a person would see. */
    readonly onNotice?: (text: string) => void;
  } = {},
): Promise<Parley> {
  const root = projectFolder();
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'parley-')));
  const removeData = () =>
    options.dataDir === undefined ? rm(dataDir, { recursive: true, force: true }) : undefined;
  const system = Object.fromEntries(Object.entries(osEnvironment()).filter(([name]) => !VARIABLES.has(name)));
  const { PARLEY_CACHE } = osEnvironment();
  const flags = {
    PORT: '0',
    LIVEKIT_PORT: '0',
    PARLEY_HEALTH_PORT: '0',
    PARLEY_METRICS_BIND: '127.0.0.1:0',
    PARLEY_DATA: dataDir,
    PARLEY_AGENTS: options.agentsDir,
    PARLEY_CACHE,
    ...options.settings,
  };
  try {
    const running = await launch({
      root,
      project: await readProjectSettings({ root, flags, environment: {}, dotEnv: {}, makesKeys: true }),
      isLan: false,
      builds: BUILD_NAMES,
      system,
      // What is in a machine's cache must not decide a test.
      usesModels: false,
      readyWithinMs: 60_000,
      clock: createMonotonicClock(),
      nowEpochMs: wallClockEpochMs(),
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onNotice: options.onNotice ?? (() => undefined),
    });
    const { livekit, url } = running.place;
    return {
      url,
      livekitUrl: livekit.url,
      apiKey: livekit.apiKey,
      apiSecret: livekit.apiSecret,
      dataDir,
      get pids() {
        const { sfu, server, agent } = running.pids();
        return { sfu: sfu ?? 0, server, agent };
      },
      logs: running.logs,
      async stop() {
        await running.stop();
        await replayFolder(dataDir);
        await removeData();
      },
    };
  } catch (error) {
    await removeData();
    throw error;
  }
}

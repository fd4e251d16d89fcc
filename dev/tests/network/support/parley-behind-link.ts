import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMonotonicClock, delay, wallClockEpochMs } from '@parley/agent/runtime/clock';
import { stringify } from 'yaml';
import { ensureCertificate } from '../../../lan/certificate.ts';
import type { NetworkSide } from '../../../network/impaired-network.ts';
import { startChild } from '../../../processes/child.ts';
import { settlesWithin } from '../../../processes/settles-within.ts';
import { startWatchdog } from '../../../processes/watchdog.ts';
import { projectFolder } from '../../../project-folder.ts';
import { replayFolder } from '../../../replay/replay-folder.ts';
import { osEnvironment } from '../../../settings/os-environment.ts';

/** What `npm start -- --lan` runs, on the far side of a link. */
export interface ParleyBehindLink {
  /** What a person opens once; it holds the access key. */
  readonly link: string;
  /** Journals so far: one a call and process of an agent. */
  journals(): Promise<readonly string[]>;
  /** The last lines that it printed, and those of the agent's log. */
  lastWords(): Promise<string>;
  stop(): Promise<void>;
}

/** TCP ports of Parley, which has its namespace to itself. */
export const PORT = {
  /** The page and signalling. */
  page: 3_000,
  /** Media of LiveKit over TCP. */
  media: 7_881,
  /** What livekit-server tells its clients for TURN over TLS, whatever port it listens on. */
  turn: 443,
} as const;

const READY_WITHIN_MS = 200_000;
const LOG_LINES = 30;

/** Starts Parley in the host's namespace, for the local network, with livekit-server's own TURN over TLS. */
export async function startParleyBehindLink(side: NetworkSide): Promise<ParleyBehindLink> {
  const root = projectFolder();
  const clock = createMonotonicClock();
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-network-'));
  const removeData = () => rm(dataDir, { recursive: true, force: true });
  const { PATH = '', HOME = '', PARLEY_CACHE } = osEnvironment();
  const watchdog = startWatchdog();
  const args = ['netns', 'exec', side.namespace, process.execPath, 'dev/bootstrap.mjs', 'start'];
  const child = await startChild({
    name: 'npm start',
    command: 'ip',
    args: [...args, '--no-open', '--lan', '--data', dataDir, '--port', String(PORT.page)],
    env: {
      PATH,
      HOME,
      ...(PARLEY_CACHE === undefined ? {} : { PARLEY_CACHE }),
      PARLEY_LIVEKIT_CONFIG: await writeSfuConfig(dataDir, side),
    },
    cwd: root,
    hasChannel: false,
    clock,
    watchdog,
  });
  const printed = () => child.lastLines().join('\n');
  const stop = async () => {
    await child.stop({ signals: ['SIGINT'], graceMs: 15_000 });
    watchdog.close();
    await replayFolder(dataDir);
    await removeData();
  };
  for (;;) {
    const words = printed();
    const link = /(https\S+\?key=\S+)/.exec(words)?.[1];
    if (link !== undefined && /^ready /m.test(words)) {
      return {
        link,
        journals: async () =>
          (await readdir(join(dataDir, 'recordings'), { recursive: true }).catch(() => [])).filter((name) =>
            name.endsWith('.ndjson'),
          ),
        lastWords: async () => {
          const log = await readFile(join(dataDir, 'logs', 'agent.log'), 'utf8').catch(() => '');
          return [printed(), ...log.split('\n').slice(-LOG_LINES)].join('\n');
        },
        stop,
      };
    }
    const isOver = await settlesWithin(clock, child.ended, 100);
    if (isOver || clock.nowMs() > READY_WITHIN_MS) {
      await stop();
      throw new Error(`Parley was not ready:\n${printed()}`);
    }
    await delay(clock, 100);
  }
}

/** The project's own settings of livekit-server with TURN over TLS, as the guide says to turn it on. */
async function writeSfuConfig(folder: string, { address }: NetworkSide): Promise<string> {
  const nowEpochMs = wallClockEpochMs();
  const { certFile, keyFile } = await ensureCertificate({ folder: join(folder, 'tls'), address, nowEpochMs });
  const file = join(folder, 'livekit.yaml');
  const config = {
    room: { enable_remote_unmute: true, empty_timeout: 300, departure_timeout: 20 },
    turn: {
      enabled: true,
      domain: address,
      cert_file: certFile,
      key_file: keyFile,
      tls_port: PORT.turn,
      udp_port: 0,
    },
    logging: { level: 'info', json: true },
  };
  await writeFile(file, stringify(config));
  return file;
}

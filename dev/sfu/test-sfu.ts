import { randomBytes } from 'node:crypto';
import { createMonotonicClock } from '@parley/agent/runtime/clock';
import { findFreePort } from '../ports/free-port.ts';
import { startWatchdog } from '../processes/watchdog.ts';
import { osEnvironment } from '../settings/os-environment.ts';
import { findLivekitServer } from './find-livekit-server.ts';
import { loopbackInterface } from './loopback-interface.ts';
import { layOverSfuConfig } from './sfu-config.ts';
import { SFU_STOP, startSfu } from './sfu-process.ts';

/** A livekit-server of a test's own, on loopback alone. */
export interface TestSfu {
  /** `ws://127.0.0.1:N`. */
  readonly url: string;
  readonly httpUrl: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly pid: number;
  /** Safe to call twice. */
  stop(): Promise<void>;
}

/** Starts a livekit-server on free ports with keys of its own; it ends with this process, however that goes. */
export async function startTestSfu(
  options: {
    /** Room events go there, signed with the key of this server. */
    readonly webhookUrl?: string;
    /** Laid over its configuration, mapping by mapping. */
    readonly overrides?: Readonly<Record<string, unknown>>;
    /** Default a free one. A server started on the port of one that was stopped is that one restarted. */
    readonly port?: number;
    readonly keys?: { readonly apiKey: string; readonly apiSecret: string };
  } = {},
): Promise<TestSfu> {
  const clock = createMonotonicClock();
  const { path } = await findLivekitServer({
    env: osEnvironment(),
    platform: process.platform,
    arch: process.arch,
    clock,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  const apiKey = options.keys?.apiKey ?? 'test-key';
  const apiSecret = options.keys?.apiSecret ?? randomBytes(32).toString('hex');
  const port = options.port ?? (await findFreePort());
  const config = layOverSfuConfig(
    { logging: { level: 'warn' }, room: { enable_remote_unmute: true } },
    {
      port,
      bindAddresses: ['127.0.0.1'],
      rtcTcpPort: 0,
      rtcUdpPort: await findFreePort(),
      interfaces: [loopbackInterface()],
      nodeIp: '127.0.0.1',
      webhook: options.webhookUrl === undefined ? null : { url: options.webhookUrl, apiKey },
    },
    options.overrides,
  );
  const watchdog = startWatchdog();
  const sfu = await startSfu({
    binary: path,
    config,
    port,
    apiKey,
    apiSecret,
    clock,
    watchdog,
  }).catch((error: unknown) => {
    watchdog.close();
    throw error;
  });
  return {
    url: `ws://127.0.0.1:${port}`,
    httpUrl: `http://127.0.0.1:${port}`,
    apiKey,
    apiSecret,
    pid: sfu.pid,
    async stop() {
      await sfu.stop(SFU_STOP);
      watchdog.close();
    },
  };
}

import { fork } from 'node:child_process';
import { bundleAsAgent } from '../build/bundle-as-agent.ts';
import type { FromSimulators, SimulatorsTask } from './simulators-messages.ts';

/** Simulated vendors in a process of their own. They end with the process that started them. */
export interface SimulatorsProcess {
  /** By vendor, without a slash at the end. */
  readonly baseUrls: Readonly<Record<string, string>>;
  /** Resolves with the reason once they have ended without being asked to. */
  readonly lost: Promise<string>;
  /** Cuts every connection. Safe to call twice. */
  stop(): Promise<void>;
}

class SimulatorsFailed extends Error {
  override readonly name = 'SimulatorsFailed';
  readonly code = 'simulators_failed';
}

/** Rejects with SimulatorsFailed, as where the port is taken. */
export async function forkSimulators(task: SimulatorsTask): Promise<SimulatorsProcess> {
  const entry = await bundleAsAgent('simulators/simulators-process.ts');
  const child = fork(entry, [JSON.stringify(task)], {
    execArgv: ['--enable-source-maps'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errorOutput = '';
  let isStopping = false;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorOutput = `${errorOutput}${text}`.slice(-2_000);
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) =>
      resolve(`${signal ?? `code ${code}`}${errorOutput && `: ${errorOutput.trim()}`}`),
    );
  });
  const told = await Promise.race([
    new Promise<FromSimulators>((resolve) => child.once('message', resolve)),
    ended.then((why): FromSimulators => ({ kind: 'failed', message: why })),
  ]);
  if (told.kind === 'failed')
    throw new SimulatorsFailed(`the simulators could not be started (${told.message})`);
  // It ends with this process, and must not keep it.
  child.unref();
  child.channel?.unref();
  (child.stderr as unknown as { unref?: () => void } | null)?.unref?.();
  return {
    baseUrls: told.baseUrls,
    lost: ended.then((why) => (isStopping ? new Promise<never>(() => undefined) : why)),
    async stop() {
      isStopping = true;
      child.ref();
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

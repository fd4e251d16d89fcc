import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { osEnvironment } from '../settings/os-environment.ts';
import { GOOD_LINK, type LinkConditions } from './conditions.ts';

/** One end of the link: a network namespace with nothing in it but loopback and the link. */
export interface NetworkSide {
  /** Name for `ip netns exec`. */
  readonly namespace: string;
  /** IPv4. */
  readonly address: string;
}

/** Two machines, as far as their networks go, and the bad link between them. */
export interface ImpairedNetwork {
  readonly host: NetworkSide;
  readonly caller: NetworkSide;
  /** Lays these over the conditions of now; they hold from the next packet on. Rejects with `NetworkFailed`. */
  change(conditions: Partial<LinkConditions>): Promise<void>;
  /** Takes the link and both namespaces away. What runs in them has no network any more. Safe to call twice. */
  close(): Promise<void>;
}

/** The link could not be made, or broke. The message holds its last words. */
export class NetworkFailed extends Error {
  override readonly name = 'NetworkFailed';
  readonly code: 'not_started' | 'ended';
  constructor(code: NetworkFailed['code'], message: string) {
    super(message);
    this.code = code;
  }
}

const LINK_PROGRAM = fileURLToPath(new URL('link.py', import.meta.url));
/** Reserved for tests of networks (RFC 2544): nothing real has such an address, and TURN does not take it for a private one. */
const HOST_ADDRESS = '198.18.0.1';
const CALLER_ADDRESS = '198.18.0.2';
const SEED = 1;

const namespacesSchema = z.object({ host: z.string(), caller: z.string() });

/**
 * Makes the network. It ends with `close` and, however this process ends, with it. Needs root on Linux: ask `whyNoNetwork`
 * first. Rejects with `NetworkFailed`.
 */
export async function startImpairedNetwork(
  conditions: Partial<LinkConditions> = {},
): Promise<ImpairedNetwork> {
  const addresses = { hostAddress: HOST_ADDRESS, callerAddress: CALLER_ADDRESS };
  const first = JSON.stringify({ ...GOOD_LINK, ...conditions, ...addresses, seed: SEED });
  const link = startLink(first);
  const { host, caller } = namespacesSchema.parse(await link.nextAnswer('not_started'));
  return {
    host: { namespace: host, address: HOST_ADDRESS },
    caller: { namespace: caller, address: CALLER_ADDRESS },
    async change(next) {
      link.write(`${JSON.stringify(next)}\n`);
      await link.nextAnswer('ended');
    },
    close: link.close,
  };
}

function startLink(conditions: string) {
  const { PATH = '' } = osEnvironment();
  // A group of its own: a Ctrl-C in the terminal is for the tests, which then close their networks.
  const spawned: ChildProcessByStdio<Writable, Readable, Readable> = spawn(
    'python3',
    [LINK_PROGRAM, conditions],
    { env: { PATH }, stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  );
  let errors = '';
  spawned.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  spawned.stdin.on('error', () => undefined);
  const isOver = new Promise<null>((resolve) => {
    spawned.once('error', (error) => {
      errors += error.message;
      resolve(null);
    });
    spawned.once('close', () => resolve(null));
  });
  const lines = createInterface({ input: spawned.stdout })[Symbol.asyncIterator]();
  return {
    write: (line: string) => void spawned.stdin.write(line),
    async nextAnswer(code: NetworkFailed['code']): Promise<unknown> {
      const line = await Promise.race([lines.next(), isOver]);
      if (line === null || line.done === true) {
        await isOver;
        throw new NetworkFailed(code, `The network of the test ended: ${errors.trim()}`);
      }
      return JSON.parse(line.value);
    },
    async close() {
      if (spawned.exitCode === null && spawned.signalCode === null) {
        const closed = once(spawned, 'close');
        spawned.stdin.end();
        await closed;
      }
    },
  };
}

import { createServer, type Server } from 'node:net';
import { createMonotonicClock, delay } from '@parley/agent/runtime/clock';

/**
 * Whoever listens here has the processor: the operating system lets one process do so, and frees the port with it. A
 * port that nothing is registered for.
 */
const TURN_PORT = 47_113;
const LOOK_AGAIN_MS = 250;

let turn: Server | null = null;

/**
 * Set-up of the levels whose tests speak and hear in real time: two runs on one machine would starve each other, so the
 * later one waits.
 */
export async function setup(): Promise<void> {
  const clock = createMonotonicClock();
  turn = await listen();
  if (turn === null)
    process.stdout.write(
      `another test run on this machine has the processor (it listens on port ${TURN_PORT}): waiting for it\n`,
    );
  while (turn === null) {
    await delay(clock, LOOK_AGAIN_MS);
    turn = await listen();
  }
}

export function teardown(): void {
  turn?.close();
}

/** Null where another has it. */
function listen(): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    );
    server.listen({ host: '127.0.0.1', port: TURN_PORT }, () => resolve(server));
  });
}

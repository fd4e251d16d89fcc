import { dispose } from '@livekit/rtc-node';
import { createMonotonicClock } from '@parley/agent/runtime/clock';
import type { FromCaller, FromCallers, ToCallers } from './caller-messages.ts';
import { createHostedCaller, type HostedCaller } from './hosted-caller.ts';
import { monotonicNowMs } from './monotonic.ts';
import { createOutbox } from './outbox.ts';

/** Callers of one test: each a person's side of one room. They share this process, for one costs 5 % of a core. */
const clock = createMonotonicClock(monotonicNowMs());
const callers = new Map<number, HostedCaller>();

/** Rooms that do not let go by then are left as they are, in ms. */
const LONGEST_GOODBYE_MS = 5_000;

/** What is told waits no longer than this, in ms. Every time that it tells is exact all the same. */
const TELL_EVERY_MS = 20;

const outbox = createOutbox<FromCallers[number]>({
  clock,
  everyMs: TELL_EVERY_MS,
  send: (batch) => {
    if (process.connected) process.send?.(batch);
  },
});

async function deliver({ callerId, message }: ToCallers): Promise<void> {
  if (message.type === 'join') {
    const post = (told: FromCaller) => outbox.put({ callerId, message: told });
    callers.set(callerId, createHostedCaller({ clock, post }));
  }
  await callers.get(callerId)?.carryOut(message);
  if (message.type === 'leave') callers.delete(callerId);
}

/** Native code is let go of only here: it cannot be opened a second time. */
async function end(): Promise<void> {
  clock.at(clock.nowMs() + LONGEST_GOODBYE_MS, () => process.exit(1));
  await Promise.all([...callers.values()].map((caller) => caller.leave()));
  await dispose();
  process.exit(0);
}

process.on('message', (message: ToCallers) => void deliver(message));
// The test is gone, or has nobody here any more.
process.on('disconnect', () => void end());

import { callDetailSchema } from '@parley/contracts/call-record';
import { expect, it } from 'vitest';
import { greetedBy, healthOf, until, WAIT } from './parley-call.ts';
import { openParleyStage } from './parley-stage.ts';

const isLong = process.env.PARLEY_TEST_LONG === '1';
/** How soon a worker takes calls again after livekit-server does, in ms: a goal of the long run; in the other a hang fails. */
const REGISTERED_WITHIN_MS = isLong ? 3_000 : 30_000;

const stage = openParleyStage(1);

it('livekit-server that is killed in a call leaves no call without an end, and the next one is answered', async () => {
  const caller = await greetedBy(stage.parley, 'storyteller', { isAlone: true });
  process.kill(stage.parley.pids.sfu, 'SIGKILL');
  await until('it is known to be away', async () => (await healthOf(stage.parley)).livekit.status !== 'ok');
  await until('it is back', async () => (await healthOf(stage.parley)).livekit.status === 'ok');
  const backAtMs = performance.now();
  await until('a worker takes calls', async () => (await healthOf(stage.parley)).workers.ready === 1);
  const registeredMs = performance.now() - backAtMs;
  console.info(`worker registered ${Math.round(registeredMs)} ms after livekit-server was back`);
  expect(registeredMs).toBeLessThan(REGISTERED_WITHIN_MS);

  const next = await greetedBy(stage.parley, 'storyteller');
  await next.sendChat('What are your prices?');
  await next.waitForText(({ text }) => text.includes('costs nothing'), WAIT);
  await caller.vanish();
  await until('the call that was cut has its end', async () => {
    const answer = await fetch(`${stage.parley.url}/api/calls/${caller.roomSid}`);
    return callDetailSchema.parse(await answer.json()).state === 'ended';
  });
}, 180_000);

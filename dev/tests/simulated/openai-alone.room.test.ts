import { expect, it } from 'vitest';
import { answers, greetedBy, healthOf, understood } from '../room/parley-call.ts';
import { recordOf } from '../room/stored-call.ts';
import { HEARD, openSimulatedParley, whoWorked } from './simulated-parley.ts';

const stage = openSimulatedParley({ names: ['openai'] });

it('one key of OpenAI gives all three stages', async () => {
  const { stages } = await healthOf(stage.parley);
  expect(stages).toMatchObject({
    stt: { provider: 'openai', reason: expect.stringContaining('simulated') },
    llm: { provider: 'openai' },
    tts: { provider: 'openai' },
  });
  const caller = await greetedBy(stage.parley, 'trio');
  const { afterMs } = await stage.ask(caller);
  console.info(`the answer came after ${Math.round(afterMs)} ms`);
  expect(understood(caller)).toEqual([HEARD.toLowerCase()]);
  expect(answers(caller).at(-1)).toContain('nine in the morning');
  await caller.leave();
  expect(whoWorked(await recordOf(stage.parley, caller.roomSid))).toEqual({
    stt: ['openai'],
    llm: ['openai'],
    tts: ['openai'],
  });
}, 120_000);

import { pipelineSettingsSchema } from '@parley/contracts/pipeline-settings';
import { describe, expect, it } from 'vitest';
import { priceTableSchema } from '../cost/price-table.ts';
import { readJournal } from '../replay/read-journal.ts';
import { replayCall } from '../replay/replay-call.ts';
import { journalLines } from '../replay/testing/journal-text.ts';
import { testSettings } from './testing/call-settings.ts';
import { VirtualCall } from './testing/virtual-call.ts';

const prices = priceTableSchema.parse({
  llm: { p: { m: { perMillionInputTokens: 1, perMillionOutputTokens: 1 } } },
});
const pipelineOf = (maxCostUsd: number | null) =>
  pipelineSettingsSchema.parse({ idle: [], speculation: { enabled: false }, maxCostUsd });
const tokens = (inputTokens: number, model = 'm') => ({
  type: 'usageCounted' as const,
  data: { stage: 'llm' as const, provider: 'p', model, inputTokens },
});
const settingsWith = (maxCostUsd: number | null) =>
  testSettings({ pipeline: pipelineOf(maxCostUsd), prices, language: 'en' });
/** A question at 4 s, answered from about 5.5 to 7.4 s. */
const asked = (maxCostUsd: number | null) =>
  new VirtualCall(settingsWith(maxCostUsd)).connect().say(4_000, 5_000, 'when are you open');
const heard = (call: VirtualCall) => call.heardWords.map(({ word }) => word).join(' ');
const LINE = 'I have to end our call here. Thank you for calling. Goodbye.';

describe('a call that reaches its ceiling', () => {
  it('has its reply heard out, says one line and ends', () => {
    const call = asked(0.5).send(5_600, tokens(500_000)).run(60_000);
    expect(heard(call)).toMatch(/Anything else\? I have to end our call here\. .* Goodbye\.$/);
    expect(call.commandsOf('endCall').map(({ data }) => data.reason)).toEqual(['cost_limit']);
  });

  it('ends at the line, whatever is said over it', () => {
    const call = asked(0.5)
      .send(5_600, tokens(500_000))
      .say(9_000, 10_500, 'no wait please do not hang up now')
      .run(60_000);
    expect(heard(call).endsWith(LINE)).toBe(true);
    expect(call.state.call).toEqual({ phase: 'ended', reason: 'cost_limit' });
  });

  it('answers no further question', () => {
    const call = asked(0.5).send(4_500, tokens(500_000)).run(60_000);
    expect(call.commandsOf('startLlm')).toEqual([]);
    expect(heard(call)).toBe(`Hello there. How can I help? ${LINE}`);
    // It was reached in the middle of the question, which is not cut off.
    expect(call.commandsOf('recordTurn').map(({ data }) => data.text)).toEqual(['when are you open']);
    expect(call.commandsOf('speak').at(-1)?.atMs).toBeGreaterThan(5_000);
  });

  it('begins no answer on a guess, and throws away the one that it had begun', () => {
    const speculation = { enabled: true };
    const pipeline = pipelineSettingsSchema.parse({ idle: [], speculation, maxCostUsd: 0.5 });
    const talk = (atMs: number) =>
      new VirtualCall(testSettings({ pipeline, prices }))
        .connect()
        .say(4_000, 5_000, 'when are you open')
        .send(atMs, tokens(500_000))
        .run(60_000);
    expect(talk(4_500).commandsOf('startLlm')).toEqual([]);
    const guesses = talk(5_200).commandsOf('startLlm');
    expect(guesses.length).toBeGreaterThan(0);
    expect(guesses.filter(({ atMs, data }) => atMs >= 5_200 || data.speculativeText === null)).toEqual([]);
    expect(heard(talk(5_200))).toBe(`Hello there. How can I help? ${LINE}`);
  });

  it('is decided alike when its journal is replayed', () => {
    const { events } = asked(0.5).send(5_600, tokens(500_000)).run(60_000);
    const read = readJournal(journalLines(settingsWith(0.5), events).join('\n'));
    if (read.kind === 'faulty') throw new Error(read.why);
    expect(replayCall(read.call).outcome).toEqual({ kind: 'same' });
  });

  it('ends though the line cannot be spoken', () => {
    const call = asked(0.5).send(5_600, tokens(500_000));
    const replyId = call.run(8_000).commandsOf('speak').at(-1)?.data.replyId;
    if (replyId === undefined) throw new Error('nothing was spoken');
    const failed = { replyId, code: 'unavailable', message: 'down' };
    call.send(8_100, { type: 'ttsFailed', data: failed }).run(60_000);
    expect(call.state.call).toEqual({ phase: 'ended', reason: 'cost_limit' });
  });

  it('counts what earlier generations spent, and says its line once more where that was lost', () => {
    const lost = asked(0.5).send(5_600, tokens(300_000)).run(12_000);
    const next = lost.lostAndResumed(1_000).connect(13_000).send(14_000, tokens(200_000)).run(16_000);
    expect(next.commandsOf('speak').map(({ data }) => data.text)).toEqual([LINE]);
    const last = next.lostAndResumed(1_000).connect(17_000).run(60_000);
    expect(last.commandsOf('speak').map(({ data }) => data.text)).toEqual([LINE]);
    expect(last.state.call).toEqual({ phase: 'ended', reason: 'cost_limit' });
  });
});

it.each([
  ['below its ceiling', asked(0.5).send(5_600, tokens(499_999))],
  ['without a ceiling', asked(null).send(5_600, tokens(900_000_000))],
  ['with a model that has no price', asked(0.5).send(5_600, tokens(900_000_000, 'other'))],
])('a call %s goes on', (_, call) => {
  expect(call.run(60_000).state.call.phase).toBe('live');
});

import type { CallEvent } from '@parley/contracts/call-event';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { testSettings } from './call-settings.ts';
import { BrokenCall, tellAsTimeline } from './timeline.ts';
import { CALLER, VirtualCall } from './virtual-call.ts';

const settings = testSettings();

/** Two chats from a caller who is there. */
function chatted(texts: readonly string[]): VirtualCall {
  const call = new VirtualCall(settings).connect();
  texts.forEach((text, index) => {
    call.send(2_000 + 1_000 * index, { type: 'chatReceived', data: { participantId: CALLER, text } });
  });
  return call.run(60_000);
}

function failureOf(isSound: (call: VirtualCall) => boolean): unknown {
  const texts = fc.array(fc.constantFrom<string>('hello', 'goodbye', "it's me"), { maxLength: 5 });
  const reporter = tellAsTimeline(settings, (given: string[], events: CallEvent[]) => {
    events.push(...chatted(given).events);
  });
  try {
    fc.assert(
      fc.property(texts, (given) => isSound(chatted(given))),
      { reporter, seed: 1 },
    );
    return null;
  } catch (error) {
    return error;
  }
}

it('says nothing of a property that holds', () => {
  expect(failureOf(() => true)).toBeNull();
});

it('tells the smallest call that breaks a property as a test with its commands', () => {
  const failure = failureOf(
    (call) => !call.commandsOf('recordTurn').some(({ data }) => data.text === "it's me"),
  );
  if (!(failure instanceof BrokenCall)) throw failure;
  expect(failure.message).toContain('Property failed after');
  const rows = failure.message.split('\n').filter((line) => line.startsWith('  ['));
  expect(rows.filter((row) => row.includes("'chatReceived'"))).toHaveLength(1);
  expect(rows.join('\n')).toMatch(
    /\[2000, 'chatReceived', \{ participantId: 'caller-1', text: "it's me" \}.*\['recordTurn', \{/,
  );
});

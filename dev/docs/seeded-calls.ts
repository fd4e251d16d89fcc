import { createSeededRandom } from '@parley/bench/conformance/seeded-random';
import { turnSettingsSchema } from '@parley/contracts/agent-definition';
import type { CallEvent } from '@parley/contracts/call-event';
import { replyIdSchema, toolCallIdSchema } from '@parley/contracts/ids';
import { pipelineSettingsSchema } from '@parley/contracts/pipeline-settings';
import { type CallSettings, WAIT } from '@parley/engine/call/settings';
import { testSettings } from '@parley/engine/call/testing/call-settings';
import { CALLER, VirtualCall } from '@parley/engine/call/testing/virtual-call';

/** A call that was played: what its reducer was given. */
export interface PlayedCall {
  readonly settings: CallSettings;
  readonly events: readonly CallEvent[];
}

const pipeline = (change: object) => pipelineSettingsSchema.parse({ idle: [], ...change });

/** Each way in which a setting opens or closes a way from phase to phase. */
const SETTINGS: readonly CallSettings[] = [
  testSettings(),
  testSettings({ pipeline: pipeline({}), scoresEndOfTurn: true }),
  testSettings({ givesInterims: false, reopensDeafStt: true }),
  testSettings({ turn: turnSettingsSchema.parse({ muteStrategies: [] }) }),
  testSettings({
    turn: turnSettingsSchema.parse({ mode: 'flow' }),
    pipeline: pipelineSettingsSchema.parse({}),
  }),
  testSettings({ turn: turnSettingsSchema.parse({ allowInterruptions: false }) }),
  testSettings({ pipeline: pipeline({ userTurnLimit: { words: 10, ms: 5_000 } }) }),
];

const SAID: readonly [string, ...(string | null)[]] = [
  'mm-hmm',
  'okay right',
  'stop',
  'yes',
  'on tuesday',
  'what are your prices',
  'i would like to know when you are open and what a repair of my bicycle costs',
  '!foreign words here',
  null,
];
const ANSWERS: readonly [string, ...(string | null)[]] = [
  'We are open from nine to five. Anything else?',
  'Yes. '.repeat(40),
  'Sure.',
  null,
  'silence',
];

/** Calls of a minute or so at random: the same ones for the same number. */
export function seededCalls(count: number): readonly PlayedCall[] {
  return Array.from({ length: count }, (_, seed) =>
    seededCall(SETTINGS[seed % SETTINGS.length] as CallSettings, seed),
  );
}

function seededCall(settings: CallSettings, seed: number): PlayedCall {
  const random = createSeededRandom(seed);
  const between = (least: number, most: number) => Math.floor(random.between(least, most));
  const call = new VirtualCall(settings, {
    answer: () => random.pick(ANSWERS),
    firstTextMs: between(50, 2_000),
    firstSoundMs: between(50, 1_000),
    finalMs: between(20, 2_000),
    score: () => random.next(),
    isDeaf: random.next() < 0.1,
  }).connect();
  let atMs = 300;
  for (let talks = between(2, 12); talks > 0; talks--) {
    const startsAtMs = atMs + between(60, 4_000);
    atMs = startsAtMs + between(40, 4_000);
    call.say(startsAtMs, atMs, random.pick(SAID));
    if (random.next() < 0.5) happen(call, startsAtMs + between(0, 3_000), between(0, 5), between(1, 8));
  }
  call.run(atMs + 60_000);
  return { settings, events: random.next() < 0.1 ? withoutCleared(call.events) : call.events };
}

/** A call up to where playout is to say what was heard of a cut reply, and never does. */
function withoutCleared(events: readonly CallEvent[]): readonly CallEvent[] {
  const index = events.findIndex(({ type }) => type === 'playoutCleared');
  const cleared = events[index];
  if (cleared === undefined) return events;
  return [...events.slice(0, index), { type: 'woke', atMs: cleared.atMs + WAIT.stoppingMs, data: {} }];
}

/** What happens besides speech. */
function happen(call: VirtualCall, atMs: number, what: number, nth: number): void {
  const participantId = CALLER;
  const toolCallId = toolCallIdSchema.parse(`c${nth}`);
  switch (what) {
    case 0:
      return void call.send(atMs, { type: 'chatReceived', data: { participantId, text: 'on friday' } });
    case 1:
      return void call.send(atMs, { type: 'microphoneClosed', data: { participantId } });
    case 2:
      return void call.send(atMs, { type: 'participantLeft', data: { participantId, reason: 'lost' } });
    case 3: {
      const replyId = replyIdSchema.parse(`r1.${nth}`);
      return void call.send(atMs, {
        type: 'ttsFailed',
        data: { replyId, code: 'unavailable', message: 'down' },
      });
    }
    default:
      call.send(atMs, { type: 'toolStarted', data: { toolCallId, isCancellable: nth % 2 === 0 } });
      call.send(atMs + 2_000, { type: 'toolFinished', data: { toolCallId } });
  }
}

import { turnSettingsSchema } from '@parley/contracts/agent-definition';
import type { CallCommand, CallEvent } from '@parley/contracts/call-event';
import {
  type ParticipantId,
  participantIdSchema,
  replyIdSchema,
  segmentIdSchema,
  toolCallIdSchema,
} from '@parley/contracts/ids';
import { pipelineSettingsSchema } from '@parley/contracts/pipeline-settings';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelContext } from '../conversation/model-context.ts';
import { nextWakeAtMs } from './deadlines.ts';
import { reduceCall } from './reduce.ts';
import type { CallSettings } from './settings.ts';
import { type CallState, initialCallState } from './state.ts';
import { testSettings } from './testing/call-settings.ts';
import { tellAsTimeline } from './testing/timeline.ts';
import { CALLER, VirtualCall } from './testing/virtual-call.ts';

/**
 * From any state, with nothing more happening, the call hears the caller again within this: an answer that is held
 * (6 s), goes on and stalls (10 s), is stopped (0.5 s), whose apology makes no sound (5 s) and is stopped (0.5 s);
 * or before it a turn that waits for its final (3 s wait at most here, 1.5 s), and an opening (20 s); and before all of it
 * a tool (60 s).
 */
const HEARS_AGAIN_WITHIN_MS = 110_000;
/** Two idle lines that make no sound (5 s each, 0.5 s to stop) and their times. */
const IDLES_OUT_WITHIN_MS = 200_000;
const RUNS = 2_000;
/** Each of these is a call of a minute. */
const CALL_RUNS = 400;
/** A hang, not a slow machine. */
const HANGS_AFTER_MS = 120_000;

const participants = [CALLER, participantIdSchema.parse('caller-2')] as const;
const participantId = fc.constantFrom<ParticipantId>(...participants);
const replyId = fc.constantFrom('r1.1', 'r1.2', 'r1.3', 'r9.9').map((id) => replyIdSchema.parse(id));
const segment = fc.record({
  replyId,
  segmentId: fc.constantFrom('r1.1.1', 'r1.2.1').map((id) => segmentIdSchema.parse(id)),
});
const toolCallId = fc.constantFrom('c1', 'c2').map((id) => toolCallIdSchema.parse(id));
const words = fc.constantFrom(
  '',
  'stop',
  'mm-hmm',
  'yes',
  'what are your prices',
  'on tuesday',
  'okay right',
);
const voice = fc.record({ participantId, probability: fc.constant(0.8), levelDb: fc.constant(-30) });
const failure = { code: fc.constant('unavailable'), message: fc.constant('') };

const event = fc.oneof(
  of('pipelineReady', fc.constant({})),
  of(
    'participantJoined',
    fc.record({ participantId, kind: fc.constant('standard' as const), name: fc.constant('') }),
  ),
  of('participantListening', fc.record({ participantId })),
  of(
    'participantLeft',
    fc.record({ participantId, reason: fc.constantFrom('left' as const, 'lost' as const) }),
  ),
  of('microphoneClosed', fc.record({ participantId })),
  of('chatReceived', fc.record({ participantId, text: words })),
  of('vadSpeechStarted', voice),
  of('vadHeld', voice),
  of(
    'vadSpeechEnded',
    voice.map((data) => ({ ...data, lastSpeechAtMs: 0, speechMs: 100 })),
  ),
  of('transcriptChanged', fc.record({ participantId, text: words })),
  of(
    'transcriptFinal',
    fc.record({
      participantId,
      text: words,
      outcome: fc.constantFrom('words' as const, 'silence' as const, 'rejected' as const),
      wordCount: fc.nat(5),
      answersFinalize: fc.boolean(),
    }),
  ),
  of('preConnectHeard', fc.record({ participantId, text: words, outcome: fc.constant('words' as const) })),
  of('endOfTurnScored', fc.record({ participantId, probability: fc.constantFrom(0, 0.5, 1) })),
  of('toolStarted', fc.record({ toolCallId, isCancellable: fc.boolean() })),
  of('toolFinished', fc.record({ toolCallId })),
  of(
    'nodeEntered',
    fc.record({
      node: fc.constantFrom('start', 'pay'),
      mutesUser: fc.boolean(),
      asksFor: fc.constantFrom('anything' as const, 'yesNo' as const, 'digits' as const),
      allowsSpeculation: fc.boolean(),
    }),
  ),
  of(
    'llmToolCalled',
    fc.record({
      replyId,
      toolCallId,
      name: fc.constantFrom('end_call', 'go_to_step', 'book'),
      argumentsJson: fc.constantFrom('{}', '{"step":"pay"}', 'no json'),
    }),
  ),
  of('llmTextDelta', fc.record({ replyId, text: fc.constantFrom('Hello. ', 'and', ' Is it so? ') })),
  of('llmFinished', fc.record({ replyId, inputTokens: fc.constant(1), outputTokens: fc.constant(1) })),
  of('llmFailed', fc.record({ replyId, ...failure })),
  of('ttsFailed', fc.record({ replyId, ...failure })),
  of('playoutStarted', segment),
  of(
    'playoutProgressed',
    segment.map((data) => ({ ...data, charEnd: 3 })),
  ),
  of('segmentPlayed', segment),
  of('playoutHeld', fc.record({ replyId })),
  of('playoutResumed', fc.record({ replyId })),
  of(
    'playoutCleared',
    segment.map((data) => ({ ...data, charEnd: 4 })),
  ),
  of('playoutFinished', fc.record({ replyId })),
);

function of<T extends CallEvent['type']>(type: T, data: fc.Arbitrary<unknown>) {
  return fc.record({ type: fc.constant(type), data, afterMs: fc.constantFrom(0, 10, 32, 150, 700, 3_000) });
}

type Given = typeof event extends fc.Arbitrary<infer G> ? G : never;

interface Walk {
  state: CallState;
  nowMs: number;
  readonly commands: CallCommand[];
  readonly events: CallEvent[];
}

/** A call with these events, and then with nothing more. */
function walked(settings: CallSettings, given: readonly Given[], events: CallEvent[] = []): Walk {
  const walk: Walk = { state: initialCallState(settings), nowMs: 0, commands: [], events };
  for (const { type, data, afterMs } of given) step(walk, afterMs, { type, data });
  step(walk, HEARS_AGAIN_WITHIN_MS);
  return walk;
}

/** Gives the reducer an event at its time, waking it before whenever it asked for that. */
function step(walk: Walk, afterMs: number, given?: { type: string; data: unknown }): void {
  const untilMs = walk.nowMs + afterMs;
  for (let wakes = 0; ; wakes++) {
    const wakeAtMs = nextWakeAtMs(walk.state);
    if (wakeAtMs === null || wakeAtMs > untilMs) break;
    if (wakes > 1_000) throw new Error('the reducer wakes without end');
    walk.nowMs = Math.max(walk.nowMs, wakeAtMs);
    apply(walk, { type: 'woke', atMs: walk.nowMs, data: {} });
  }
  walk.nowMs = untilMs;
  if (given !== undefined) apply(walk, { ...given, atMs: walk.nowMs } as CallEvent);
}

function apply(walk: Walk, next: CallEvent): void {
  walk.events.push(next);
  const { state, commands } = reduceCall(walk.state, next);
  walk.state = state;
  walk.commands.push(...commands);
  expect(Object.keys(state.replies).length).toBeLessThanOrEqual(1);
}

/** Everything that is off in the tests of single policies. */
const EVERYTHING_ON = {
  pipeline: pipelineSettingsSchema.parse({ idle: [], userTurnLimit: { words: 10, ms: 5_000 } }),
  scoresEndOfTurn: true,
  reopensDeafStt: true,
};
const SETTINGS = {
  'interruptions on': testSettings(),
  'half-duplex': testSettings({ turn: turnSettingsSchema.parse({ allowInterruptions: false }) }),
  'half-duplex that keeps words': testSettings({
    turn: turnSettingsSchema.parse({ allowInterruptions: false, whileAgentSpeaks: 'keep' }),
  }),
  'everything on': testSettings(EVERYTHING_ON),
  'everything on, in flow mode': testSettings({
    ...EVERYTHING_ON,
    turn: turnSettingsSchema.parse({ mode: 'flow' }),
  }),
};

describe('whatever happens, in whatever order', () => {
  for (const [name, settings] of Object.entries(SETTINGS)) {
    it(
      `the call hears the caller again in time and never has two replies (${name})`,
      () => {
        fc.assert(
          fc.property(fc.array(event, { maxLength: 60 }), (given) => {
            const walk = walked(settings, given);
            if (walk.state.call.phase === 'ended') return;
            expect(walk.state.replies).toEqual({});
            expect(walk.state.floor.phase === 'free' || walk.state.call.phase === 'opening').toBe(true);
            // Words wait only for the greeting, or for the end of what their speaker is saying.
            const isSpeaking = ({ participantId }: { participantId: ParticipantId }) =>
              walk.state.ears[participantId]?.hearing.phase === 'speaking';
            if (walk.state.call.phase === 'live' && !walk.state.flow.mutesUser)
              expect(walk.state.kept.filter((kept) => !isSpeaking(kept))).toEqual([]);
            for (const { hearing } of Object.values(walk.state.ears)) {
              expect(['quiet', 'speaking']).toContain(hearing.phase);
            }
          }),
          {
            numRuns: RUNS,
            reporter: tellAsTimeline(settings, (given: Given[], events) => walked(settings, given, events)),
          },
        );
      },
      HANGS_AFTER_MS,
    );
  }

  it(
    'a call in which nobody says anything more ends',
    () => {
      const settings = testSettings({ ...EVERYTHING_ON, pipeline: pipelineSettingsSchema.parse({}) });
      fc.assert(
        fc.property(fc.array(event, { maxLength: 60 }), (given) => {
          const walk = walked(settings, given);
          step(walk, IDLES_OUT_WITHIN_MS);
          const ears = Object.values(walk.state.ears);
          const isSpeaking = ears.some(({ hearing }) => hearing.phase === 'speaking');
          const isThere = ears.some(({ presence }) => presence.phase === 'listening');
          if (isThere && !isSpeaking && walk.state.call.phase !== 'opening')
            expect(walk.state.call.phase).toBe('ended');
        }),
        { numRuns: RUNS },
      );
    },
    HANGS_AFTER_MS,
  );

  it(
    'every reply is cut at most once and closed at most once, and no command names it after that',
    () => {
      const settings = testSettings(EVERYTHING_ON);
      fc.assert(
        fc.property(fc.array(event, { maxLength: 60 }), (given) => {
          const walk = walked(settings, given);
          const closed = new Set<string>();
          const cut = new Set<string>();
          for (const command of walk.commands) {
            if (!('replyId' in command.data)) continue;
            expect(closed.has(command.data.replyId)).toBe(false);
            if (command.type === 'clearPlayout') {
              expect(cut.has(command.data.replyId)).toBe(false);
              cut.add(command.data.replyId);
            }
            if (command.type === 'closeCaption') closed.add(command.data.replyId);
          }
        }),
        {
          numRuns: RUNS,
          reporter: tellAsTimeline(settings, (given: Given[], events) => walked(settings, given, events)),
        },
      );
    },
    HANGS_AFTER_MS,
  );
});

describe('with a caller who speaks at random', () => {
  const utterance = fc.record({
    gapMs: fc.integer({ min: 60, max: 4_000 }),
    lengthMs: fc.integer({ min: 40, max: 3_000 }),
    text: fc.constantFrom(
      'mm-hmm',
      'what are your prices',
      'stop',
      'on tuesday',
      'yes',
      '!foreign words here',
      null,
    ),
  });

  type Utterance = typeof utterance extends fc.Arbitrary<infer U> ? U : never;

  function talked(settings: CallSettings, utterances: readonly Utterance[]): VirtualCall {
    const call = new VirtualCall(settings).connect();
    let atMs = 300;
    for (const { gapMs, lengthMs, text } of utterances) {
      call.say(atMs + gapMs, atMs + gapMs + lengthMs, text);
      atMs += gapMs + lengthMs;
    }
    return call.run(atMs + HEARS_AGAIN_WITHIN_MS);
  }

  it(
    'the model is told exactly the words that sounded',
    () => {
      const settings = testSettings();
      fc.assert(
        fc.property(fc.array(utterance, { minLength: 1, maxLength: 12 }), (utterances) => {
          const call = talked(settings, utterances);
          const told = modelContext(call.state.conversation)
            .filter(({ role }) => role === 'assistant')
            .flatMap((message) => (message.role === 'assistant' ? message.text.split(' ') : []));
          expect(told).toEqual(call.heardWords.map(({ word }) => word));
          expect(call.state.toldAgentState).toBe('listening');
        }),
        {
          numRuns: CALL_RUNS,
          reporter: tellAsTimeline(settings, (utterances: Utterance[], events) => {
            events.push(...talked(settings, utterances).events);
          }),
        },
      );
    },
    HANGS_AFTER_MS,
  );
});

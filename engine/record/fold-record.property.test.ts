import type { CallEvent, JournalLine } from '@parley/contracts/call-event';
import {
  callMomentSchema,
  callUsageSchema,
  latencySummarySchema,
  type RecordedTurn,
  recordedTurnSchema,
  toolCallRecordSchema,
} from '@parley/contracts/call-record';
import { pipelineSettingsSchema } from '@parley/contracts/pipeline-settings';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testSettings } from '../call/testing/call-settings.ts';
import { CALLER, VirtualCall } from '../call/testing/virtual-call.ts';
import { EMPTY_RECORD } from './call-record.ts';
import { foldHeader, foldRecord } from './fold-record.ts';
import { changedTurns, type RecordedCall } from './recorded-call.ts';
import { fold, journalOf, read, type TestJournal } from './testing/folded-call.ts';

const RUNS = 80;
/** A hang, not a slow machine. */
const HANGS_AFTER_MS = 120_000;

const utterance = fc.record({
  gapMs: fc.integer({ min: 60, max: 4_000 }),
  lengthMs: fc.integer({ min: 40, max: 3_000 }),
  text: fc.constantFrom(
    'mm-hmm',
    'what are your prices',
    'stop',
    'on tuesday',
    'yes',
    '!foreign words',
    null,
  ),
});
const talk = fc.record({
  utterances: fc.array(utterance, { minLength: 1, maxLength: 8 }),
  speculates: fc.boolean(),
  givesInterims: fc.boolean(),
  fails: fc.boolean(),
  leaves: fc.boolean(),
});
type Talk = typeof talk extends fc.Arbitrary<infer T> ? T : never;

/** The call, until it is over or up to an instant. */
function talked(
  { utterances, speculates, givesInterims, fails, leaves }: Talk,
  untilMs?: number,
): VirtualCall {
  const pipeline = pipelineSettingsSchema.parse({ idle: [], speculation: { enabled: speculates } });
  const answer = (request: number) => (fails && request % 3 === 1 ? null : 'We open at nine. Anything else?');
  const call = new VirtualCall(testSettings({ pipeline, givesInterims }), { answer }).connect();
  let atMs = 300;
  for (const { gapMs, lengthMs, text } of utterances) {
    call.say(atMs + gapMs, atMs + gapMs + lengthMs, text);
    atMs += gapMs + lengthMs;
  }
  const left = { participantId: CALLER, reason: 'left' } as const;
  if (leaves) call.send(atMs + 200, { type: 'participantLeft', data: left });
  return call.run(untilMs ?? atMs + 30_000);
}

function journalled(given: Talk) {
  const call = talked(given);
  return { call, journal: journalOf(call.state.settings, call.events) };
}

/** What a database holds that writes after each shipment only what has changed. */
function stored({ header, lines }: TestJournal, cuts: readonly number[]): RecordedTurn[] {
  const rows: RecordedTurn[] = [];
  let record = foldHeader(EMPTY_RECORD, header);
  let before: RecordedCall | null = null;
  let from = 0;
  for (const length of [...cuts, lines.length]) {
    record = lines.slice(from, from + length).reduce(foldRecord, record);
    const after = read(record);
    for (const { position, turn } of changedTurns(before, after)) rows[position] = turn;
    rows.length = after.turns.length;
    before = after;
    from += length;
  }
  return rows;
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

function expectToFit(call: RecordedCall): void {
  for (const turn of call.turns) expect(recordedTurnSchema.parse(turn)).toEqual(turn);
  for (const moment of call.moments) callMomentSchema.parse(moment);
  for (const tool of call.toolCalls) toolCallRecordSchema.parse(tool);
  callUsageSchema.parse(call.usage);
  latencySummarySchema.parse(call.latency);
}

describe('whatever is said', () => {
  it(
    'the record is the same however its lines are shipped, and no turn is written for nothing',
    () => {
      fc.assert(
        fc.property(talk, fc.array(fc.nat(60), { maxLength: 20 }), (spoken, cuts) => {
          const { journal } = journalled(spoken);
          expect(stored(journal, cuts)).toEqual(read(fold([journal])).turns);
          const once = fold([journal]);
          const isKnown = (turn: RecordedTurn) =>
            turn.endedAtMs !== null && (turn.role === 'agent' || turn.hasFloor);
          const again = changedTurns(read(once), read(fold([journal], once)));
          expect(again.filter(({ turn }) => isKnown(turn))).toEqual([]);
        }),
        { numRuns: RUNS },
      );
    },
    HANGS_AFTER_MS,
  );

  it(
    'each reply is parted into what was heard and what was not, as the engine has it',
    () => {
      fc.assert(
        fc.property(talk, (spoken) => {
          const { call, journal } = journalled(spoken);
          const turns = read(fold([journal])).turns.flatMap((turn) => (turn.role === 'agent' ? [turn] : []));
          for (const turn of turns) {
            const segments = call.commandsOf('speak').filter(({ data }) => data.replyId === turn.replyId);
            expect(joined(turn.text, turn.unheard)).toBe(joined(...segments.map(({ data }) => data.text)));
          }
          const heard = call.state.conversation.items.flatMap((item) =>
            item.kind === 'reply' ? [{ replyId: item.replyId, text: item.heard }] : [],
          );
          expect(turns.map(({ replyId, text }) => ({ replyId, text }))).toEqual(heard);
          expect(turns.map(({ text }) => text).join(' ')).toBe(
            call.heardWords.map(({ word }) => word).join(' '),
          );
        }),
        { numRuns: RUNS },
      );
    },
    HANGS_AFTER_MS,
  );

  it(
    'each turn that was committed is there once, with its words in order of time within it',
    () => {
      fc.assert(
        fc.property(talk, (spoken) => {
          const { call, journal } = journalled(spoken);
          const recorded = read(fold([journal]));
          expectToFit(recorded);
          const own = recorded.turns.flatMap((turn) => (turn.role === 'caller' ? [turn] : []));
          const committed = own
            .filter(({ hasFloor }) => hasFloor)
            .map(({ turnId, text }) => ({ turnId, text }));
          const commands = call
            .commandsOf('recordTurn')
            .map(({ data: { turnId, text } }) => ({ turnId, text }));
          expect(committed).toEqual(commands);
          expect(new Set(own.map(({ turnId }) => turnId)).size).toBe(own.length);
          for (const { marks, text, startedAtMs, endedAtMs } of recorded.turns) {
            let last = { charEnd: 0, atMs: startedAtMs };
            for (const mark of marks) {
              expect(mark.charEnd).toBeGreaterThan(last.charEnd);
              expect(mark.atMs).toBeGreaterThanOrEqual(last.atMs);
              last = mark;
            }
            expect(last.charEnd).toBe(text.length);
            if (endedAtMs !== null) expect(last.atMs).toBeLessThanOrEqual(endedAtMs);
          }
        }),
        { numRuns: RUNS },
      );
    },
    HANGS_AFTER_MS,
  );

  it(
    'every word that was heard is there once, whenever the process is lost',
    () => {
      fc.assert(
        fc.property(talk, fc.nat(15_000), fc.nat(5_000), (spoken, lostAtMs, goneMs) => {
          const before = talked(spoken, lostAtMs);
          const after = before.lostAndResumed(goneMs).connect(lostAtMs + goneMs + 50);
          after.run(lostAtMs + goneMs + 30_000);
          const journals = [before, after].map(({ state, events }) => journalOf(state.settings, events));
          const recorded = read(fold(journals));
          expectToFit(recorded);
          const texts = recorded.turns.flatMap((turn) => (turn.role === 'agent' ? [turn.text] : []));
          const heard = [...before.heardWords, ...after.heardWords].map(({ word }) => word);
          expect(texts.join(' ')).toBe(heard.join(' '));
        }),
        { numRuns: RUNS },
      );
    },
    HANGS_AFTER_MS,
  );

  it(
    'what an answer took is the sum of its stages',
    () => {
      const sums: number[] = [];
      fc.assert(
        fc.property(talk, fc.nat(45), (spoken, ttsMs) => {
          const { call } = journalled(spoken);
          const measured = { participantId: CALLER, toEarMs: 70, fromMouthMs: 50 };
          const told = call.events.flatMap((event): CallEvent[] => {
            if (event.type === 'participantListening')
              return [event, { type: 'transportMeasured', atMs: event.atMs, data: measured }];
            if (event.type !== 'playoutStarted') return [event];
            return [{ type: 'ttsStarted', atMs: Math.max(0, event.atMs - ttsMs), data: event.data }, event];
          });
          const events = told.sort((a, b) => a.atMs - b.atMs);
          for (const turn of read(fold([journalOf(call.state.settings, events)])).turns) {
            if (turn.role !== 'agent' || turn.latency.voiceToVoiceMs === null) continue;
            const { endOfTurnMs, llmFirstTokenMs, ttsFirstByteMs, playoutMs, transportMs } = turn.latency;
            const stages = [endOfTurnMs, llmFirstTokenMs, ttsFirstByteMs, playoutMs, transportMs];
            const sumMs = stages.reduce<number>((sum, ms) => sum + (ms ?? Number.NaN), 0);
            sums.push(sumMs);
            expect(sumMs).toBeCloseTo(turn.latency.voiceToVoiceMs, 6);
          }
        }),
        { numRuns: RUNS },
      );
      expect(sums.length).toBeGreaterThan(RUNS);
    },
    HANGS_AFTER_MS,
  );
});

describe('whatever stands in a journal', () => {
  const oddity = fc.record({
    at: fc.nat(2_000),
    change: fc.constantFrom<'drop' | 'double' | 'swap' | 'emptyData' | 'otherData' | 'unknown' | 'early'>(
      'drop',
      'double',
      'swap',
      'emptyData',
      'otherData',
      'unknown',
      'early',
    ),
  });

  it(
    'it is folded without a fault into something that fits its contract',
    () => {
      fc.assert(
        fc.property(talk, fc.array(oddity, { maxLength: 30 }), (spoken, oddities) => {
          const { journal } = journalled(spoken);
          const lines: JournalLine[] = [...journal.lines];
          for (const { at, change } of oddities) {
            const index = at % lines.length;
            const line = lines[index];
            const next = lines[(index + 1) % lines.length];
            if (line === undefined || next === undefined) continue;
            const changed = {
              drop: [],
              double: [line, line],
              swap: [
                { ...next, seq: line.seq },
                { ...line, seq: next.seq },
              ],
              emptyData: [{ ...line, data: {} }],
              otherData: [{ ...line, data: next.data }],
              unknown: [{ ...line, type: '__proto__' }],
              early: [{ ...line, atMs: 0 }],
            }[change];
            lines.splice(index, change === 'swap' ? 2 : 1, ...changed);
          }
          expectToFit(read(fold([{ header: journal.header, lines }])));
        }),
        { numRuns: RUNS * 2 },
      );
    },
    HANGS_AFTER_MS,
  );
});

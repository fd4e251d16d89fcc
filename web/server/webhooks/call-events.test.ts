import type { CallSummary, RecordedTurn } from '@parley/contracts/call-record';
import { callIdSchema, participantIdSchema, turnIdSchema } from '@parley/contracts/ids';
import { MAX_WEBHOOK_TEXT_LENGTH, webhookMessageSchema } from '@parley/contracts/webhooks';
import { expect, it } from 'vitest';
import { newCallRow, summaryOfRow } from '../calls/call-row.ts';
import { callEvents } from './call-events.ts';

const STARTED_AT_MS = Date.UTC(2026, 10, 21, 12);
const CALL: CallSummary = summaryOfRow(
  {
    number: 1,
    ...newCallRow({
      callId: callIdSchema.parse('RM_1'),
      roomName: 'call-1',
      agent: 'desk',
      ownerKeyId: null,
      createdAtMs: STARTED_AT_MS,
    }),
  } as Parameters<typeof summaryOfRow>[0],
  [],
);
const ANSWERED = { ...CALL, state: 'active', answeredAtMs: STARTED_AT_MS + 900 } as const;
const ENDED = { ...ANSWERED, state: 'ended', endedAtMs: STARTED_AT_MS + 9_000 } as const;

function said(text: string, endedAtMs: number | null): RecordedTurn {
  return {
    role: 'caller',
    turnId: turnIdSchema.parse('turn-1'),
    participantId: participantIdSchema.parse('caller-1'),
    text,
    source: 'speech',
    isUnintelligible: false,
    hasFloor: true,
    startedAtMs: 1_000,
    endedAtMs,
    marks: [{ charEnd: 2, atMs: 1_500 }],
    areMarksEstimated: true,
  };
}

const told = (call: CallSummary, changes: Partial<Parameters<typeof callEvents>[0]> = {}) =>
  callEvents({
    before: { isAnswered: false, isEnded: false },
    call,
    turns: [],
    startedAtEpochMs: STARTED_AT_MS,
    ...changes,
  });

it('tells the beginning, what was said, and the end, each with its time', () => {
  const events = told(ENDED, { turns: [said('hello', 2_000)] });
  expect(events.map(({ message }) => [message.type, message.timestamp])).toEqual([
    ['call.started', '2026-11-21T12:00:00.900Z'],
    ['turn.completed', '2026-11-21T12:00:02.000Z'],
    ['call.ended', '2026-11-21T12:00:09.000Z'],
  ]);
  for (const { message } of events) expect(webhookMessageSchema.parse(message)).toEqual(message);
});

it('tells nothing of what was so before, nor of what is being said', () => {
  expect(told(CALL)).toEqual([]);
  expect(told(ENDED, { before: { isAnswered: true, isEnded: true } })).toEqual([]);
  expect(told(CALL, { turns: [said('hel', null)] })).toEqual([]);
});

it('tells the end of a call that nobody answered', () => {
  const events = told({ ...ENDED, answeredAtMs: null });
  expect(events.map(({ message }) => message.type)).toEqual(['call.ended']);
});

it('cuts what is too long for a message, and no character in two', () => {
  const [event] = told(CALL, { turns: [said(`${'a'.repeat(MAX_WEBHOOK_TEXT_LENGTH - 1)}😀`, 2_000)] });
  expect(event?.message.data).toMatchObject({
    turn: { text: 'a'.repeat(MAX_WEBHOOK_TEXT_LENGTH - 1), isTextCut: true },
  });
  const [whole] = told(CALL, { turns: [said('a'.repeat(MAX_WEBHOOK_TEXT_LENGTH), 2_000)] });
  expect(whole?.message.data).toMatchObject({ turn: { isTextCut: false } });
});

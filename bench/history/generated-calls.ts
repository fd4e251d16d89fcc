import type { RecordedTurn } from '@parley/contracts/call-record';
import { callIdSchema, participantIdSchema, replyIdSchema, turnIdSchema } from '@parley/contracts/ids';
import { newCallRow } from '@parley/web/server/calls/call-row';
import { foldText, searchWords } from '@parley/web/server/calls/search-words';
import type { Database } from '@parley/web/server/database/database';
import { IDS_PER_CALL } from '@parley/web/server/database/tables';
import { createSeededRandom, type SeededRandom } from '../conformance/seeded-random.ts';

/** Turns of a call; half of them the caller's. */
const TURNS = 20;
const WORDS_IN_TURN = 10;
/** Calls of one transaction. */
const CALLS_AT_ONCE = 200;
const FIRST_CALL_AT_MS = 1_760_000_000_000;
const CALL_EVERY_MS = 30_000;
const MS_PER_WORD = 300;

const AGENTS = ['receptionist', 'order-line', 'support', 'survey', 'reminder', 'night-desk'] as const;
const END_REASONS = ['caller_left', 'caller_left', 'caller_left', 'agent_ended', 'caller_lost'] as const;

/** Words as talks have them: a few that everybody says, and many that hardly anybody does. */
export interface Vocabulary {
  /** By how often they are said, the most frequent first. */
  readonly words: readonly string[];
}

export function createVocabulary(size: number): Vocabulary {
  const syllables = [
    'ba',
    'den',
    'fo',
    'gri',
    'hal',
    'ju',
    'kem',
    'lo',
    'mi',
    'nar',
    'pes',
    'ru',
    'sol',
    'tan',
    'vi',
    'zu',
  ];
  const words = Array.from({ length: size }, (_, index) =>
    [index >> 12, index >> 8, index >> 4, index].map((part) => syllables[part & 15]).join(''),
  );
  return { words };
}

/** Fills an empty database with calls, one every half minute, of 20 turns each. */
export async function generateCalls(
  { db }: Database,
  options: {
    readonly calls: number;
    readonly vocabulary: Vocabulary;
    readonly onProgress: (made: number) => void;
  },
): Promise<void> {
  const random = createSeededRandom(1);
  for (let first = 1; first <= options.calls; first += CALLS_AT_ONCE) {
    const numbers = Array.from(
      { length: Math.min(CALLS_AT_ONCE, options.calls - first + 1) },
      (_, index) => first + index,
    );
    await db.transaction().execute(async (trx) => {
      const rows = numbers.map((number) => callRow(number, random, options.vocabulary));
      // Few at a time: a row has nearly thirty columns, and a statement takes 32,766 values.
      for (let at = 0; at < rows.length; at += 100)
        await trx
          .insertInto('calls')
          .values(rows.slice(at, at + 100))
          .execute();
      for (const number of numbers)
        await trx
          .insertInto('turns')
          .values(turnRows(number, random, options.vocabulary))
          .execute();
    });
    options.onProgress(first + numbers.length - 1);
  }
}

function callRow(number: number, random: SeededRandom, { words }: Vocabulary) {
  const createdAtMs = FIRST_CALL_AT_MS + number * CALL_EVERY_MS;
  const durationMs = Math.round(random.between(5_000, 600_000));
  const voiceToVoiceMs = Math.round(550 + 80 * Math.abs(random.normal()));
  const caller = `${word(random, words)} ${word(random, words)}`;
  const call = {
    callId: callIdSchema.parse(`RM_${number}`),
    roomName: `call-${number}`,
    agent: random.pick(AGENTS),
    ownerKeyId: null,
    createdAtMs,
  };
  return {
    ...newCallRow(call),
    number,
    state: 'ended' as const,
    channel: random.next() < 0.3 ? ('phone' as const) : ('web' as const),
    caller,
    caller_folded: foldText(caller),
    answered_at_ms: createdAtMs + 1_000,
    ended_at_ms: createdAtMs + 1_000 + durationMs,
    duration_ms: durationMs,
    end_reason: random.next() < 0.01 ? 'agent_failed' : random.pick(END_REASONS),
    ended_by: 'agent' as const,
    turn_count: TURNS,
    voice_to_voice_p50_ms: voiceToVoiceMs,
    voice_to_voice_p95_ms: voiceToVoiceMs + 150,
  };
}

function turnRows(number: number, random: SeededRandom, { words }: Vocabulary) {
  return Array.from({ length: TURNS }, (_, position) => {
    const text = Array.from({ length: WORDS_IN_TURN }, () => word(random, words)).join(' ');
    const turn = recordedTurn(position, text);
    return {
      id: number * IDS_PER_CALL + position,
      call_number: number,
      role: turn.role,
      words: searchWords(text).join(' '),
      turn_json: JSON.stringify(turn),
    };
  });
}

function recordedTurn(position: number, text: string): RecordedTurn {
  const startedAtMs = position * 6_000;
  const marks = [...text.matchAll(/\S+/g)].map((found, index) => {
    return { charEnd: found.index + found[0].length, atMs: startedAtMs + (index + 1) * MS_PER_WORD };
  });
  const spoken = {
    startedAtMs,
    endedAtMs: marks.at(-1)?.atMs ?? null,
    marks,
    areMarksEstimated: false,
    text,
  };
  if (position % 2 === 1)
    return {
      ...spoken,
      role: 'caller',
      turnId: turnIdSchema.parse(`t1.${position}`),
      participantId: participantIdSchema.parse('caller-1'),
      source: 'speech',
      isUnintelligible: false,
      hasFloor: true,
    };
  const unmeasured = { endOfTurnMs: null, sttFinalMs: null, llmFirstTokenMs: null, ttsFirstByteMs: null };
  return {
    ...spoken,
    role: 'agent',
    replyId: replyIdSchema.parse(`r1.${position}`),
    answers: position === 0 ? null : turnIdSchema.parse(`t1.${position - 1}`),
    unheard: '',
    isInterrupted: false,
    latency: { ...unmeasured, playoutMs: null, transportMs: null, voiceToVoiceMs: null, isSpeculated: false },
  };
}

/** The n-th most frequent word is said about a 1/n as often as the first. */
function word(random: SeededRandom, words: readonly string[]): string {
  const rank = Math.floor(words.length ** random.next()) - 1;
  return words[Math.min(rank, words.length - 1)] ?? '';
}

import type { CallFilter } from '@parley/contracts/calls-api';
import { listCalls } from '@parley/web/server/calls/call-queries';
import { callStats } from '@parley/web/server/calls/call-stats';
import type { Database } from '@parley/web/server/database/database';
import { createSeededRandom } from '../conformance/seeded-random.ts';
import type { Vocabulary } from './generated-calls.ts';

const EVERY_CALL = { kind: 'every' } as const;
const PAGE = 50;
const DAY_MS = 24 * 60 * 60_000;

/** How long questions of one kind took, in ms. */
export interface HistoryFigures {
  readonly what: string;
  readonly asked: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

/** Asks what the page of calls asks, again and again with other values. `newestAtMs`: when the newest call was made. */
export async function measureHistory(
  database: Database,
  options: {
    readonly vocabulary: Vocabulary;
    readonly newestAtMs: number;
    readonly asked: number;
    readonly nowMs: () => number;
  },
): Promise<readonly HistoryFigures[]> {
  const { vocabulary, newestAtMs, asked, nowMs } = options;
  const random = createSeededRandom(2);
  const { words } = vocabulary;
  const wordOfRank = (from: number, to: number) => words[Math.floor(random.between(from, to))] ?? '';
  const list = (filter: CallFilter, cursor?: string) =>
    listCalls(database, { ...filter, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) }, EVERY_CALL);
  const deep = async () => {
    const to = newestAtMs - Math.floor(random.between(1, 30)) * DAY_MS;
    const { nextCursor } = await list({ to });
    return list({}, nextCursor ?? undefined);
  };
  const kinds: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['the newest calls', () => list({})],
    ['calls of long ago', deep],
    ['calls of an agent', () => list({ agent: 'survey' })],
    ['calls of no agent', () => list({ agent: 'nobody' })],
    ['calls with a rare end', () => list({ endReason: 'agent_failed' })],
    [
      'calls of an agent by phone with a rare end',
      () => list({ agent: 'survey', channel: 'phone', endReason: 'agent_failed' }),
    ],
    [
      'long calls of a day',
      () => list({ from: newestAtMs - 9 * DAY_MS, to: newestAtMs - 8 * DAY_MS, minDurationMs: 590_000 }),
    ],
    ['calls of a caller', () => list({ caller: wordOfRank(500, words.length) })],
    ['calls of no caller', () => list({ caller: 'nobody at all' })],
    ['a word that all say', () => list({ q: wordOfRank(0, 20) })],
    ['a word that some say', () => list({ q: wordOfRank(200, 2_000) })],
    ['a word that hardly anybody says', () => list({ q: wordOfRank(words.length / 2, words.length) })],
    ['two words in one turn', () => list({ q: `${wordOfRank(0, 50)} ${wordOfRank(50, 500)}` })],
    ['the beginning of a word', () => list({ q: wordOfRank(0, words.length).slice(0, 4) })],
    ['a word that nobody says', () => list({ q: 'xylophone' })],
    [
      'a frequent word in calls of an agent with a rare end',
      () => list({ q: wordOfRank(0, 20), agent: 'survey', endReason: 'agent_failed' }),
    ],
    [
      'figures of 30 days',
      () => callStats(database, { bucket: 'day', utcOffsetMinutes: 0 }, EVERY_CALL, newestAtMs),
    ],
  ];
  const figures: HistoryFigures[] = [];
  for (const [what, ask] of kinds) {
    const tookMs: number[] = [];
    for (let left = asked; left > 0; left--) {
      const startedAtMs = nowMs();
      await ask();
      tookMs.push(nowMs() - startedAtMs);
    }
    tookMs.sort((one, other) => one - other);
    const at = (share: number) =>
      tookMs[Math.min(tookMs.length - 1, Math.ceil(share * tookMs.length) - 1)] ?? 0;
    figures.push({ what, asked, p50Ms: rounded(at(0.5)), p95Ms: rounded(at(0.95)), maxMs: rounded(at(1)) });
  }
  return figures;
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

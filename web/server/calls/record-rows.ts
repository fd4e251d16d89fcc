import type { RecordedTurn } from '@parley/contracts/call-record';
import { totalCost, withCosts } from '@parley/engine/cost/cost';
import type { PriceTable } from '@parley/engine/cost/price-table';
import { changedTurns, type RecordedCall } from '@parley/engine/record/recorded-call';
import type { Queries } from '../database/database.ts';
import { type CallsTable, IDS_PER_CALL } from '../database/tables.ts';
import { type CallRow, storableText } from './call-row.ts';
import { foldText, searchWords } from './search-words.ts';

/** Rows that are written by one statement. */
const ROWS_AT_ONCE = 200;

/** Columns of a call's row that its record tells. */
type ToldColumns = Partial<Omit<CallsTable, 'number'>>;

/** What of a call's row follows from its record; nothing before a header is known. */
export function columnsOf(recorded: RecordedCall | null, prices: PriceTable): ToldColumns {
  if (recorded === null) return {};
  const { facts, latency } = recorded;
  const usage = withCosts(recorded.usage, prices);
  const caller = facts.caller === null ? null : storableText(facts.caller);
  // A process that gave way to another ended its own part, and not the call.
  const isOver = facts.state === 'ended' && facts.endReason !== 'superseded';
  return {
    state: isOver ? 'ended' : facts.answeredAtMs === null ? 'waiting' : 'active',
    channel: facts.channel,
    agent: storableText(facts.agent),
    ...(facts.agentVersion === null ? {} : { agent_version: facts.agentVersion }),
    room_name: storableText(facts.roomName),
    caller,
    caller_folded: caller === null ? null : foldText(caller),
    answered_at_ms: rounded(facts.answeredAtMs),
    ended_at_ms: isOver ? rounded(facts.endedAtMs) : null,
    duration_ms: isOver ? rounded(facts.durationMs) : null,
    end_reason: isOver ? facts.endReason : null,
    turn_count: facts.turnCount,
    voice_to_voice_p50_ms: latency.voiceToVoiceP50Ms,
    voice_to_voice_p95_ms: latency.voiceToVoiceP95Ms,
    latency_json: JSON.stringify(latency),
    usage_json: JSON.stringify(usage),
    cost_usd: totalCost(usage),
  };
}

/** Updates what differs of a call's row, and answers whether anything did. */
export async function updateCall(queries: Queries, row: CallRow, columns: ToldColumns): Promise<boolean> {
  const changed = Object.entries(columns).filter(([name, value]) => row[name as keyof CallRow] !== value);
  if (changed.length === 0) return false;
  await queries
    .updateTable('calls')
    .set(Object.fromEntries(changed))
    .where('number', '=', row.number)
    .execute();
  return true;
}

/**
 * Writes turns, tool calls and moments that are not stored as `before`; all of them where that is null. Resolves with
 * the turns among them.
 */
export async function writeRecord(
  queries: Queries,
  callNumber: number,
  { before, after }: { readonly before: RecordedCall | null; readonly after: RecordedCall },
): Promise<readonly RecordedTurn[]> {
  const turns = changedTurns(before, after);
  const firstId = callNumber * IDS_PER_CALL;
  const turnRows = turns.map(({ position, turn }) => {
    const words = searchWords(turn.text).join(' ');
    const turn_json = JSON.stringify(turn);
    return { id: firstId + position, call_number: callNumber, role: turn.role, words, turn_json };
  });
  for (const rows of inParts(turnRows))
    await queries
      .insertInto('turns')
      .values(rows)
      .onConflict((on) =>
        on.column('id').doUpdateSet(({ ref }) => {
          const [role, words, turn_json] = [
            ref('excluded.role'),
            ref('excluded.words'),
            ref('excluded.turn_json'),
          ];
          return { role, words, turn_json };
        }),
      )
      .execute();
  if (before === null || before.turns.length > after.turns.length)
    await queries
      .deleteFrom('turns')
      .where('id', '>=', firstId + after.turns.length)
      .where('id', '<', firstId + IDS_PER_CALL)
      .execute();
  await writeToolCalls(queries, callNumber, before?.toolCalls ?? null, after.toolCalls);
  await writeMoments(queries, callNumber, before?.moments ?? null, after.moments);
  return turns.map(({ turn }) => turn);
}

async function writeToolCalls(
  queries: Queries,
  callNumber: number,
  before: RecordedCall['toolCalls'] | null,
  after: RecordedCall['toolCalls'],
): Promise<void> {
  const changed = changedItems(before, after, (toolCall) => ({ tool_call_json: JSON.stringify(toolCall) }));
  for (const rows of inParts(changed))
    await queries
      .insertInto('tool_calls')
      .values(rows.map((row) => ({ call_number: callNumber, ...row })))
      .onConflict((on) =>
        on
          .columns(['call_number', 'position'])
          .doUpdateSet(({ ref }) => ({ tool_call_json: ref('excluded.tool_call_json') })),
      )
      .execute();
  if (before !== null && before.length <= after.length) return;
  await queries
    .deleteFrom('tool_calls')
    .where('call_number', '=', callNumber)
    .where('position', '>=', after.length)
    .execute();
}

async function writeMoments(
  queries: Queries,
  callNumber: number,
  before: RecordedCall['moments'] | null,
  after: RecordedCall['moments'],
): Promise<void> {
  const changed = changedItems(before, after, (moment) => ({ moment_json: JSON.stringify(moment) }));
  for (const rows of inParts(changed))
    await queries
      .insertInto('moments')
      .values(rows.map((row) => ({ call_number: callNumber, ...row })))
      .onConflict((on) =>
        on
          .columns(['call_number', 'position'])
          .doUpdateSet(({ ref }) => ({ moment_json: ref('excluded.moment_json') })),
      )
      .execute();
  if (before !== null && before.length <= after.length) return;
  await queries
    .deleteFrom('moments')
    .where('call_number', '=', callNumber)
    .where('position', '>=', after.length)
    .execute();
}

function changedItems<T, Row>(
  before: readonly T[] | null,
  after: readonly T[],
  rowOf: (item: T) => Row,
): readonly (Row & { readonly position: number })[] {
  return after.flatMap((item, position) =>
    before?.[position] === item ? [] : [{ position, ...rowOf(item) }],
  );
}

function inParts<T>(items: readonly T[]): readonly T[][] {
  return Array.from({ length: Math.ceil(items.length / ROWS_AT_ONCE) }, (_, part) =>
    items.slice(part * ROWS_AT_ONCE, (part + 1) * ROWS_AT_ONCE),
  );
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}

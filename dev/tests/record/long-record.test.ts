import { createMonotonicClock } from '@parley/agent/runtime/clock';
import type { JournalLine } from '@parley/contracts/call-event';
import { testSettings } from '@parley/engine/call/testing/call-settings';
import { VirtualCall } from '@parley/engine/call/testing/virtual-call';
import { type CallRecord, EMPTY_RECORD } from '@parley/engine/record/call-record';
import { foldHeader, foldRecord } from '@parley/engine/record/fold-record';
import { callRecordOf, changedTurns, type RecordedCall } from '@parley/engine/record/recorded-call';
import { journalOf } from '@parley/engine/record/testing/folded-call';
import { expect, it } from 'vitest';

/**
 * A call of nearly an hour is folded line by line, and as shipments that are each shown at once.
 * `npm run test:long -- long-record` tells what that takes.
 */
const isLong = process.env.PARLEY_TEST_LONG === '1';
const EXCHANGES = isLong ? 230 : 8;
const EXCHANGE_MS = 15_000;
/** Words this short make as many lines as an hour of any call has. */
const MS_PER_WORD = 50;
const LINES_IN_SHIPMENT = 200;
/** A hang, not a slow machine. */
const HANGS_AFTER_MS = 120_000;

const QUESTION = 'could you please tell me once more what all of that costs in the winter';
const ANSWER = Array.from({ length: 20 }, () => 'That is a long sentence of ten words about bicycles.').join(
  ' ',
);

it(
  'a long call is folded line by line and shown shipment by shipment',
  () => {
    const { header, lines } = longJournal();
    const clock = createMonotonicClock();
    const timed = <T>(work: () => T) => {
      const startedAtMs = clock.nowMs();
      const result = work();
      return { result, ms: clock.nowMs() - startedAtMs };
    };
    const start = foldHeader(EMPTY_RECORD, header);
    const whole = timed(() => lines.reduce(foldRecord, start));
    const shown = timed(() => showShipments(start, lines));
    const told = callRecordOf(whole.result);
    expect(told?.facts.turnCount).toBe(2 * EXCHANGES + 1);
    expect(shown.result.last?.turns).toEqual(told?.turns);
    console.log(
      `${lines.length} lines: folded in ${whole.ms.toFixed(0)} ms; in shipments of ${LINES_IN_SHIPMENT}, each shown, in ${shown.ms.toFixed(0)} ms with ${shown.result.writes} turns written`,
    );
    // Each turn once when it is over, and an open one at most once a shipment.
    const shipments = Math.ceil(lines.length / LINES_IN_SHIPMENT);
    expect(shown.result.writes).toBeLessThanOrEqual(2 * EXCHANGES + 1 + shipments);
  },
  HANGS_AFTER_MS,
);

function longJournal() {
  const settings = testSettings();
  const call = new VirtualCall(settings, { answer: () => ANSWER, msPerWord: MS_PER_WORD }).connect();
  for (let exchange = 0; exchange < EXCHANGES; exchange++) {
    const atMs = 2_000 + exchange * EXCHANGE_MS;
    call.say(atMs, atMs + 3_000, QUESTION).run(atMs + EXCHANGE_MS - 100);
  }
  return journalOf(settings, call.events);
}

function showShipments(start: CallRecord, lines: readonly JournalLine[]) {
  let record = start;
  let last: RecordedCall | null = null;
  let writes = 0;
  for (let from = 0; from < lines.length; from += LINES_IN_SHIPMENT) {
    record = lines.slice(from, from + LINES_IN_SHIPMENT).reduce(foldRecord, record);
    const told = callRecordOf(record);
    if (told === null) throw new Error('the header was folded');
    writes += changedTurns(last, told).length;
    last = told;
  }
  return { last, writes };
}

import { createCallMeter } from '@parley/agent/metrics/call-meter';
import { createWorkerMetrics } from '@parley/agent/metrics/worker-metrics';
import { createMonotonicClock } from '@parley/agent/runtime/clock';
import { openTraces } from '@parley/agent/traces/open-traces';
import { testSettings } from '@parley/engine/call/testing/call-settings';
import { VirtualCall } from '@parley/engine/call/testing/virtual-call';
import type { CallRecord } from '@parley/engine/record/call-record';
import { EMPTY_RECORD } from '@parley/engine/record/call-record';
import { foldHeader, foldRecord } from '@parley/engine/record/fold-record';
import { journalOf } from '@parley/engine/record/testing/folded-call';
import { pino } from 'pino';
import { expect, it } from 'vitest';

/**
 * What figures and traces cost a call, beside the folding that it does anyway.
 * `npm run test:long -- watch-cost` tells it of an hour of calls.
 */
const isLong = process.env.PARLEY_TEST_LONG === '1';
const EXCHANGES = isLong ? 230 : 8;
/** A hang, not a slow machine. */
const HANGS_AFTER_MS = 120_000;

it(
  'figures and traces of a call are told as it goes on',
  async () => {
    const { header, records } = recordsOfCall();
    const clock = createMonotonicClock();
    const timed = (work: () => void) => {
      const startedAtMs = clock.nowMs();
      work();
      return clock.nowMs() - startedAtMs;
    };
    const metrics = createWorkerMetrics();
    const meter = createCallMeter(metrics.counts, header);
    const meterMs = timed(() => records.forEach(meter.seen));
    const wakes = records.length;
    const wokenMs = timed(() => {
      for (let at = 0; at < wakes; at++) meter.playoutWoken(at % 100);
    });
    const traces = await openTraces({
      // Nobody listens there: what is measured is the making of a trace.
      collector: { url: 'http://127.0.0.1:9/v1/traces', headers: {} },
      version: '0',
      workerId: 'w',
      log: pino({ level: 'silent' }),
    });
    const tracer = traces.watchCall(header);
    const tracerMs = timed(() => records.forEach(tracer.seen));
    await traces.close();
    const startedAtMs = clock.nowMs();
    const text = await metrics.exposition({ isRegistered: true, calls: 1, maxCalls: 20, shipping: null });
    const scrapeMs = clock.nowMs() - startedAtMs;
    const turns = 2 * EXCHANGES + 1;
    const each = (ms: number, count: number) => `${((1_000 * ms) / count).toFixed(2)} µs`;
    console.log(
      `${records.length} lines, ${turns} turns: figures ${each(meterMs, records.length)} a line; a wake of the playout ${each(wokenMs, wakes)}; traces ${each(tracerMs, records.length)} a line, ${each(tracerMs, turns)} a turn; a scrape ${scrapeMs.toFixed(1)} ms`,
    );
    expect(text).toContain(`parley_turns_total{role="caller"} ${EXCHANGES}\n`);
  },
  HANGS_AFTER_MS,
);

function recordsOfCall() {
  const settings = testSettings();
  const call = new VirtualCall(settings).connect();
  for (let exchange = 0; exchange < EXCHANGES; exchange++) {
    const atMs = 2_000 + exchange * 15_000;
    call.say(atMs, atMs + 3_000, 'could you please tell me what that costs').run(atMs + 14_900);
  }
  const { header, lines } = journalOf(settings, call.events);
  const records: CallRecord[] = [];
  let record = foldHeader(EMPTY_RECORD, header);
  for (const line of lines) {
    record = foldRecord(record, line);
    records.push(record);
  }
  return { header, records };
}

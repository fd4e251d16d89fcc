import { createCallMeter } from '@parley/agent/metrics/call-meter';
import { createWorkerMetrics } from '@parley/agent/metrics/worker-metrics';
import { testSettings } from '@parley/engine/call/testing/call-settings';
import { headerOf } from '@parley/engine/replay/testing/journal-text';
import { createServerMetrics } from '@parley/web/server/metrics/server-metrics';
import { describe, expect, it } from 'vitest';
import { readExposition } from './read-exposition.ts';

const shipping = {
  shippedLines: 7,
  lostLines: 0,
  unwrittenLines: 0,
  uploadedFiles: 1,
  failures: 2,
  backlogLines: 3,
  oldestUnshippedMs: 1_500,
};

function ofWorker(): Promise<string> {
  const metrics = createWorkerMetrics();
  metrics.watchProcess();
  createCallMeter(metrics.counts, headerOf(testSettings())).playoutWoken(3);
  for (const stage of ['end_of_turn', 'llm_first_token']) metrics.counts.stages.observe({ stage }, 0.4);
  const now = { isRegistered: true, calls: 1, maxCalls: 20, shipping };
  return metrics
    .exposition(now)
    .then(() => metrics.exposition({ ...now, shipping: { ...shipping, shippedLines: 9 } }));
}

function ofServer(): Promise<string> {
  const metrics = createServerMetrics();
  metrics.watchProcess();
  for (const status of [200, 404])
    metrics.requestAnswered({ method: 'GET', route: '/api/calls/:callId{[^"\\\n]+}', status, ms: 12 });
  const stored = {
    waitingCalls: 1,
    activeCalls: 2,
    waitingDeliveries: 0,
    givenUpDeliveries: 0,
    oldestWaitingMs: 0,
  };
  return metrics.exposition({ livekit: 'ok', stored, workers: [], waitingRecordings: 2 });
}

describe('what Prometheus is answered', () => {
  it('by a worker, is its text format to the letter', async () => {
    const exposed = readExposition(await ofWorker());
    expect(exposed.get('parley_calls_active')?.samples).toEqual([
      { name: 'parley_calls_active', labels: {}, value: 1 },
    ]);
    expect(exposed.get('parley_shipping_lines_total')?.samples[0]?.value).toBe(9);
    expect(exposed.get('nodejs_eventloop_lag_p99_seconds')?.type).toBe('gauge');
    // What has not happened yet is told as 0: a counter that comes with its first count is not seen to rise.
    const losses = exposed.get('parley_recording_losses_total')?.samples ?? [];
    expect(losses.map(({ labels, value }) => [labels.cause, value])).toEqual([
      ['disk_full', 0],
      ['read_only', 0],
      ['failed', 0],
    ]);
  });

  it('by the server, is its text format to the letter, whatever a route is called', async () => {
    const exposed = readExposition(await ofServer());
    const routes = exposed.get('parley_http_request_seconds')?.samples.map(({ labels }) => labels.route);
    expect(new Set(routes)).toEqual(new Set(['/api/calls/:callId{[^\\"\\\\\\n]+}']));
  });

  it('has names of one kind: units at the end, totals marked', async () => {
    for (const text of [await ofWorker(), await ofServer()])
      for (const { name, type } of readExposition(text).values()) {
        if (!name.startsWith('parley_')) continue;
        expect(name.endsWith('_total'), name).toBe(type === 'counter');
        if (type === 'histogram') expect(name).toMatch(/_seconds$/);
        expect(name).not.toMatch(/_ms|_milli/);
      }
  });

  it('is refused where it is none', () => {
    const head = '# HELP a b\n# TYPE a histogram\n';
    for (const [text, why] of [
      ['# HELP a b\n# TYPE a gauge\na 1', 'does not end'],
      ['# HELP a b\n# TYPE a gauge\na one\n', 'no sample'],
      ['# HELP a b\n# TYPE a gauge\nb 1\n', 'away from its metric'],
      ['# HELP a b\n# TYPE a gauge\na{b="c",b="d"} 1\n', 'a label twice'],
      ['# HELP a b\n# TYPE a gauge\na 1\na 2\n', 'a sample twice'],
      ['# TYPE a gauge\na 1\n', 'no help'],
      [`${head}a_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n`, 'do not add up'],
      [`${head}a_bucket{le="1"} 1\na_sum 1\na_count 1\n`, 'bounds'],
    ] as const)
      expect(() => readExposition(text), text).toThrow(why);
  });
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testSettings } from '@parley/engine/call/testing/call-settings';
import { CALLER, VirtualCall } from '@parley/engine/call/testing/virtual-call';
import { EMPTY_RECORD } from '@parley/engine/record/call-record';
import { foldHeader, foldRecord } from '@parley/engine/record/fold-record';
import { journalOf } from '@parley/engine/record/testing/folded-call';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openTraces } from './open-traces.ts';

const attribute = z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) });
/** As much of OTLP as a trace of ours has. Source: opentelemetry-proto, trace/v1/trace.proto, as JSON. */
const request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string().length(32),
              spanId: z.string().length(16),
              parentSpanId: z.string().optional(),
              name: z.string(),
              startTimeUnixNano: z.string(),
              endTimeUnixNano: z.string(),
              attributes: z.array(attribute),
            }),
          ),
        }),
      ),
    }),
  ),
});

let collector: Server;
let bodies: string[];
let heads: { readonly path: string | undefined; readonly key: unknown }[];
let status: number;
beforeEach(async () => {
  bodies = [];
  heads = [];
  status = 200;
  collector = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('end', () => {
      heads.push({ path: incoming.url, key: incoming.headers['x-key'] });
      bodies.push(Buffer.concat(chunks).toString());
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => collector.close(resolve)));

async function open() {
  const { port } = collector.address() as AddressInfo;
  const logged: string[] = [];
  const traces = await openTraces({
    collector: { url: `http://127.0.0.1:${port}/v1/traces`, headers: { 'x-key': 'k-1' } },
    version: '1.2.3',
    workerId: 'worker-1',
    log: pino({ level: 'info' }, { write: (line: string) => void logged.push(line) }),
  });
  return { traces, logged };
}

function tell(traces: Awaited<ReturnType<typeof open>>['traces']) {
  const call = new VirtualCall(testSettings()).connect();
  call.send(600, {
    type: 'transportMeasured',
    data: { participantId: CALLER, toEarMs: 80, fromMouthMs: 60 },
  });
  call.say(4_000, 5_000, 'what are your prices').run(20_000);
  const { header, lines } = journalOf(call.state.settings, call.events);
  const watch = traces.watchCall(header);
  let record = foldHeader(EMPTY_RECORD, header);
  for (const line of lines) {
    record = foldRecord(record, line);
    watch.seen(record);
  }
  watch.close();
  return header;
}

const spansTold = () =>
  bodies.flatMap((body) =>
    request
      .parse(JSON.parse(body))
      .resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );

describe('traces sent to a collector', () => {
  it('are a trace a turn, with the stages inside it, at the times of the wall clock', async () => {
    const { traces } = await open();
    const { startedAtEpochMs, callId } = tell(traces);
    await traces.close();
    expect(heads).toEqual([{ path: '/v1/traces', key: 'k-1' }]);
    const spans = spansTold();
    const turns = spans.filter(({ name }) => name === 'turn');
    expect(new Set(turns.map(({ traceId }) => traceId)).size).toBe(2);
    for (const span of spans) {
      const turn = turns.find(({ traceId }) => traceId === span.traceId);
      expect(span.parentSpanId).toBe(span.name === 'turn' ? undefined : turn?.spanId);
      expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano));
    }
    const answered = turns.at(-1);
    const stages = spans.filter(({ traceId, name }) => traceId === answered?.traceId && name !== 'turn');
    expect(stages.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'caller_speech',
        'end_of_turn',
        'llm_first_token',
        'transport',
        'agent_speech',
      ]),
    );
    const startedAtMs = Number(BigInt(answered?.startTimeUnixNano ?? 0) / 1_000_000n) - startedAtEpochMs;
    expect(startedAtMs).toBeGreaterThan(3_900);
    expect(startedAtMs).toBeLessThan(5_000);
    const told = Object.fromEntries(
      (answered?.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]),
    );
    expect(told).toMatchObject({ 'parley.call_id': callId, 'parley.is_answered': true });
    expect(bodies.join()).not.toContain('prices');
  });

  it('are given up where the collector refuses them, and that is said once', async () => {
    status = 400;
    const { traces, logged } = await open();
    tell(traces);
    await traces.close();
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('the collector takes no traces');
  });

  it('hold up nobody where there is no collector', async () => {
    const { traces, logged } = await open();
    await new Promise((resolve) => collector.close(resolve));
    tell(traces);
    await traces.close();
    expect(logged).toHaveLength(1);
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  });
});

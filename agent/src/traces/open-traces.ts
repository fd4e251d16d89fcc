import type { Attributes, Context, Tracer } from '@opentelemetry/api';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import type { WatchCall } from '../call/call-watch.ts';
import type { Settings } from '../config/settings.ts';
import { createCallTracer, type TellTrace } from './call-tracer.ts';
import type { SpanPlan } from './turn-plan.ts';

/** Where the traces of calls go. */
export interface Traces {
  readonly watchCall: WatchCall;
  /** Sends what is left; gives up after 2 s. */
  close(): Promise<void>;
}

/** Longest that a collector is waited for, in ms: nobody waits for a trace but a process that ends. */
const EXPORT_TIMEOUT_MS = 2_000;

/** Sends traces to an OpenTelemetry collector. The packages for that are loaded here and nowhere else. */
export async function openTraces(options: {
  readonly collector: NonNullable<Settings['traceCollector']>;
  readonly version: string;
  readonly workerId: string;
  readonly log: Logger;
}): Promise<Traces> {
  const { collector, version, workerId, log } = options;
  const [{ ROOT_CONTEXT, trace }, { BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, resources] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const { url, headers } = collector;
  const exporter = withNews(
    new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: EXPORT_TIMEOUT_MS }),
    log,
  );
  const provider = new TracerProvider({
    resource: resources.resourceFromAttributes({
      'service.name': 'parley-agent',
      'service.version': version,
      'service.instance.id': workerId,
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: EXPORT_TIMEOUT_MS })],
  });
  const tracer = provider.getTracer('parley');
  const inside = (span: ReturnType<Tracer['startSpan']>) => trace.setSpan(ROOT_CONTEXT, span);
  const tell: TellTrace = (header, plan) => {
    const { callId, agent, generation, startedAtEpochMs } = header;
    const ofCall = { 'parley.call_id': callId, 'parley.agent': agent, 'parley.generation': generation };
    const add = (part: SpanPlan, parent: Context, attributes: Attributes) => {
      const startTime = startedAtEpochMs + part.startMs;
      const span = tracer.startSpan(part.name, { startTime, attributes }, parent);
      for (const { name, atMs, label } of part.events)
        span.addEvent(name, { label }, startedAtEpochMs + atMs);
      for (const child of part.children) add(child, inside(span), child.attributes);
      span.end(startedAtEpochMs + part.endMs);
    };
    add(plan, ROOT_CONTEXT, { ...ofCall, ...plan.attributes });
  };
  return {
    watchCall: (header) => createCallTracer(tell, header),
    // That the last of them did not arrive was said as it happened.
    close: () => provider.shutdown().catch(() => {}),
  };
}

/** Says once when the collector cannot be reached, and once when it can again. */
function withNews(exporter: SpanExporter, log: Logger): SpanExporter {
  let isAway = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const hasFailed = result.error !== undefined || result.code !== 0;
        if (hasFailed && !isAway)
          log.warn({ err: result.error }, 'the collector takes no traces; calls go on');
        if (!hasFailed && isAway) log.info('the collector takes traces again');
        isAway = hasFailed;
        done(result);
      });
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

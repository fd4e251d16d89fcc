import type { CallSummary } from '@parley/contracts/call-record';
import type { LiveEvent } from '@parley/contracts/calls-api';
import { Hono } from 'hono';
import type { AccessGuard } from '../access/access-guard.ts';
import { type CallScope, callScopeOf } from '../access/principal.ts';
import { ApiError } from '../http/api-error.ts';
import type { ServerEnv } from '../http/client-address.ts';
import type { Clock } from '../runtime/clock.ts';
import { type EventStream, openEventStream } from './event-stream.ts';
import type { LiveFeed, NumberedEvent } from './live-feed.ts';

/** Streams at the same time: each is a connection that stays open. */
const MAX_STREAMS = 200;

export interface LiveDeps {
  readonly access: Pick<AccessGuard, 'require'>;
  readonly live: LiveFeed;
  /** Calls that are not over, the newest first. */
  readonly runningCalls: (scope: CallScope) => Promise<readonly CallSummary[]>;
  readonly clock: Clock;
  /** Names this run of the server: numbers of another run mean nothing here. */
  readonly runId: string;
  /** Aborted when the server ends, and with it every stream. */
  readonly ending: AbortSignal;
}

/** `GET /api/calls/live`: running calls and what is said in them, as server-sent events. */
export function createLiveRoute({ access, live, runningCalls, clock, runId, ending }: LiveDeps) {
  const app = new Hono<ServerEnv>();
  const streams = new Set<EventStream>();
  ending.addEventListener('abort', () => streams.forEach((stream) => stream.end()), { once: true });

  app.get('/', async (c) => {
    const scope = callScopeOf(await access.require(c, 'calls:read'));
    if (streams.size >= MAX_STREAMS)
      throw new ApiError('rate_limited', `${MAX_STREAMS} pages follow the calls already. Close one.`, {
        headers: { 'Retry-After': '30' },
      });
    const seen = readEventId(c.req.header('last-event-id') ?? '', runId);
    const missed = seen === null ? null : live.since(scope, seen);

    // What happens while the running calls are read follows them.
    const early: NumberedEvent[] = [];
    let hear = (event: NumberedEvent): void => {
      early.push(event);
    };
    const stop = live.listen(scope, (event) => hear(event));
    const first = missed ?? (await snapshot(live.lastNumber(), () => runningCalls(scope)).catch(giveUp));
    function giveUp(error: unknown): never {
      stop();
      throw error;
    }

    const stream = openEventStream({
      clock,
      // A key may be deleted, and a login end, while the stream goes on.
      mayGoOn: () =>
        access.require(c, 'calls:read').then(
          () => true,
          // While no database answers, nobody can say.
          (error: unknown) => !(error instanceof ApiError),
        ),
      onOver() {
        stop();
        streams.delete(stream);
      },
    });
    streams.add(stream);
    const send = ({ number, event }: NumberedEvent) =>
      stream.send({ id: `${runId}.${number}`, name: event.type, data: event.data });
    hear = send;
    for (const event of [...first, ...early]) send(event);
    if (ending.aborted) stream.end();
    return c.body(stream.body, 200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      // Reverse proxies that gather answers would hold events back.
      'X-Accel-Buffering': 'no',
    });
  });
  return app;
}

async function snapshot(
  number: number,
  runningCalls: () => Promise<readonly CallSummary[]>,
): Promise<readonly NumberedEvent[]> {
  const event: LiveEvent = { type: 'snapshot', data: { calls: [...(await runningCalls())] } };
  return [{ number, event }];
}

function readEventId(id: string, runId: string): number | null {
  const [run, number = ''] = id.split('.');
  return run === runId && /^\d{1,15}$/.test(number) ? Number(number) : null;
}

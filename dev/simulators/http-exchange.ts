import type { ServerResponse } from 'node:http';
import { createDrip } from './drip.ts';
import type { TakenExchange } from './exchange-start.ts';
import type { Passage } from './outgoing.ts';
import type { HttpExchange, HttpRoute, Refusal, SimulatedRequest } from './simulated-vendor.ts';
import type { Simulation } from './simulation.ts';
import type { ExchangeLog } from './simulator-log.ts';

/** Answers one HTTP request by its route, and lets the faults at what it sends. */
export async function answerRequest(given: {
  readonly route: HttpRoute;
  readonly request: SimulatedRequest;
  readonly response: ServerResponse;
  readonly simulation: Simulation;
  readonly log: ExchangeLog;
  readonly taken: TakenExchange;
  /** Aborts when the client is gone, or the simulators stop. */
  readonly signal: AbortSignal;
}): Promise<void> {
  const { route, request, response, simulation, log, taken, signal } = given;
  let phase: 'open' | 'dripping' | 'over' = 'open';

  const sendBytes = (bytes: Uint8Array) => {
    if (signal.aborted || response.destroyed || response.writableEnded) return;
    response.write(bytes);
    log.sent(bytes.length);
  };
  const drip = createDrip({ clock: simulation.clock, write: sendBytes });
  signal.addEventListener('abort', drip.stop, { once: true });

  const finish = (how: 'end' | 'destroy') => {
    phase = 'over';
    log.end('vendor', how === 'end' ? 'the answer ended' : 'the connection was cut');
    if (how === 'end') response.end();
    else response.destroy();
  };
  const pass = (passage: Passage, bytes: Uint8Array) => {
    switch (passage.kind) {
      case 'send':
        return sendBytes(bytes);
      case 'swallow':
        return;
      case 'half':
        return sendBytes(halfOf(bytes));
      case 'drip':
        phase = 'dripping';
        return drip.push(bytes);
      case 'end':
        return finish('end');
      case 'destroy':
      case 'close':
        return finish('destroy');
    }
  };

  const exchange: HttpExchange = {
    simulation,
    request,
    signal,
    skewMs: taken.skewMs,
    takeQuirk: taken.takeQuirk,
    noteCancel: (detail) => log.add({ kind: 'cancel', detail }),
    begin(status, headers) {
      if (signal.aborted) return;
      const date = new Date(simulation.epochMs() + taken.skewMs).toUTCString();
      response.writeHead(status, { date, ...headers });
      response.flushHeaders();
    },
    write(piece) {
      if (phase === 'over') return;
      pass(taken.outgoing.next(), typeof piece === 'string' ? Buffer.from(piece) : piece);
    },
    end() {
      if (phase !== 'open') return;
      const passage = taken.outgoing.atEnd();
      if (passage.kind === 'send') finish('end');
      else pass(passage, new Uint8Array(0));
    },
    cut: () => finish('destroy'),
    json(status, body, headers = {}) {
      exchange.begin(status, { 'content-type': 'application/json', ...headers });
      exchange.write(JSON.stringify(body));
      exchange.end();
    },
  };
  await route.answer(exchange);
}

/** The refusal as an HTTP answer. */
export function refuseRequest(response: ServerResponse, refusal: Refusal, log: ExchangeLog): void {
  log.add({ kind: 'refused', status: refusal.status });
  response.writeHead(refusal.status, { 'content-type': 'application/json', ...refusal.headers });
  response.end(refusal.body);
  log.end('vendor', `refused with ${refusal.status}`);
}

/** Half a message with the blank lines that end it: what a client takes for a whole event. */
function halfOf(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('utf8');
  const content = text.trimEnd();
  return Buffer.from(content.slice(0, content.length >> 1) + text.slice(content.length));
}

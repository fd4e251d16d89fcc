import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { createDrip } from './drip.ts';
import type { TakenExchange } from './exchange-start.ts';
import type { Passage } from './outgoing.ts';
import type { SimulatedRequest, SocketExchange, SocketRoute } from './simulated-vendor.ts';
import type { Simulation } from './simulation.ts';
import type { ExchangeLog } from './simulator-log.ts';

/** Carries one open websocket by its route, and lets the faults at what it sends. */
export function carrySocket(given: {
  readonly route: SocketRoute;
  readonly request: SimulatedRequest;
  readonly socket: WebSocket;
  /** What the websocket runs over. */
  readonly connection: Duplex;
  readonly simulation: Simulation;
  readonly log: ExchangeLog;
  readonly taken: TakenExchange;
}): void {
  const { route, request, socket, connection, simulation, log, taken } = given;
  const life = new AbortController();
  let isDripping = false;
  let isEndedByVendor = false;

  const startDrip = () => {
    if (isDripping) return;
    isDripping = true;
    const write = connection.write.bind(connection);
    const drip = createDrip({ clock: simulation.clock, write: (byte) => void write(byte) });
    life.signal.addEventListener('abort', drip.stop, { once: true });
    Object.assign(connection, {
      write: (chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
        drip.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
        for (const argument of rest) if (typeof argument === 'function') argument();
        return true;
      },
    });
  };
  const sendData = (data: string | Uint8Array) => {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(data);
    log.sent(Buffer.byteLength(data));
  };
  const close = (code?: number, reason?: string) => {
    isEndedByVendor = true;
    socket.close(code, reason);
  };
  const pass = (passage: Passage, data: string | Uint8Array) => {
    switch (passage.kind) {
      case 'send':
        return sendData(data);
      case 'swallow':
        return;
      case 'half':
        return sendData(data.slice(0, data.length >> 1));
      case 'drip':
        startDrip();
        return sendData(data);
      case 'end':
        return close(1000);
      case 'destroy':
        isEndedByVendor = true;
        return socket.terminate();
      case 'close':
        return close(passage.code, passage.reason);
    }
  };

  const exchange: SocketExchange = {
    simulation,
    request,
    signal: life.signal,
    skewMs: taken.skewMs,
    takeQuirk: taken.takeQuirk,
    noteCancel: (detail) => log.add({ kind: 'cancel', detail }),
    send(message) {
      if (isEndedByVendor || socket.readyState !== socket.OPEN) return;
      const isRaw = typeof message === 'string' || message instanceof Uint8Array;
      pass(taken.outgoing.next(), isRaw ? message : JSON.stringify(message));
    },
    close(code, reason) {
      if (taken.outgoing.atEnd().kind === 'swallow') return;
      close(code, reason);
    },
  };

  const listener = route.open(exchange);
  socket.on('message', (data: Buffer, isBinary) => {
    log.received(data.length);
    try {
      if (isBinary) return listener.binary(data);
      const text = data.toString('utf8');
      log.add({ kind: 'message', text });
      listener.text(text);
    } catch (error) {
      log.add({ kind: 'bug', message: String(error) });
      socket.close(1011, 'the simulator failed');
    }
  });
  socket.on('error', (error) => log.add({ kind: 'bug', message: `socket: ${error.message}` }));
  socket.on('close', (code, reason) => {
    life.abort(new Error('the socket closed'));
    log.end(isEndedByVendor ? 'vendor' : 'client', `closed with ${code} ${reason.toString()}`.trim());
    listener.closed?.();
  });
}

/** Refuses a handshake by an HTTP answer, and ends the connection. */
export function refuseHandshake(
  connection: Duplex,
  refusal: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: string;
  },
  log: ExchangeLog,
): void {
  log.add({ kind: 'refused', status: refusal.status });
  const body = Buffer.from(refusal.body);
  const headers = {
    'content-type': 'application/json',
    ...refusal.headers,
    'content-length': String(body.length),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  connection.end(
    Buffer.concat([Buffer.from(`HTTP/1.1 ${refusal.status} Refused\r\n${lines.join('\r\n')}\r\n\r\n`), body]),
  );
  log.end('vendor', `refused with ${refusal.status}`);
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Clock, createMonotonicClock, wallClockEpochMs } from '@parley/agent/runtime/clock';
import { WebSocketServer } from 'ws';
import { type AnswerRule, createAnswerScript } from './answer-script.ts';
import { type ExchangeStart, startExchange } from './exchange-start.ts';
import { type ArmedFaults, createArmedFaults } from './faults.ts';
import { findRoute, type RoutedRequest } from './find-route.ts';
import { createHeardScript } from './heard-script.ts';
import { answerRequest, refuseRequest } from './http-exchange.ts';
import { createSeededRandom } from './seeded-random.ts';
import type { SimulatedVendor } from './simulated-vendor.ts';
import { createSpeechVoice, createToneVoice } from './simulated-voice.ts';
import type { SimulatedDelays, Simulation } from './simulation.ts';
import { createSimulatorLog, type ExchangeLog, type SimulatorLog } from './simulator-log.ts';
import { carrySocket, refuseHandshake } from './socket-exchange.ts';
import { USUAL_HEARD } from './usual-script.ts';
import { SIMULATED_VENDORS } from './vendors.ts';

export interface SimulatorOptions {
  /** Of 127.0.0.1. Default: a free one. */
  readonly port?: number;
  /** Default: 120, 200, 15 and 100 ms, the delays of the benchmark (design, section 11). */
  readonly delays?: Partial<SimulatedDelays>;
  readonly script?: {
    /** What recognisers understand, sentence by sentence. */
    readonly heard?: readonly string[];
    /** What models answer; a goodbye ends the call unless a rule says otherwise. */
    readonly answers?: readonly AnswerRule[];
  };
  /** Default 1. */
  readonly seed?: number;
  /** `tone`, the default, is cheap and of known length; `speech` is the embedded voice, for people. */
  readonly sound?: 'tone' | 'speech';
  readonly clock?: Clock;
  /** Default: every vendor that there is. */
  readonly vendors?: readonly SimulatedVendor[];
}

export interface Simulators {
  /** By vendor, without a slash at the end; what its SDK calls a base URL. */
  readonly baseUrls: Readonly<Record<string, string>>;
  readonly faults: Pick<ArmedFaults, 'arm' | 'disarm'>;
  readonly log: SimulatorLog;
  /** Connections that are open now, those without a request too. */
  readonly connectionCount: number;
  /** Cuts every connection. Safe to call twice. */
  stop(): Promise<void>;
}

const USUAL_DELAYS: SimulatedDelays = {
  sttFinalMs: 120,
  llmFirstTokenMs: 200,
  llmPerWordMs: 15,
  ttsFirstAudioMs: 100,
};

/** Every vendor of the project on one port of this machine, each speaking its own protocol. */
export async function startSimulators(options: SimulatorOptions = {}): Promise<Simulators> {
  const { clock = createMonotonicClock(), vendors = SIMULATED_VENDORS, sound = 'tone' } = options;
  const random = createSeededRandom(options.seed ?? 1);
  const voice = sound === 'tone' ? createToneVoice() : createSpeechVoice({ clock });
  const simulation: Simulation = {
    clock,
    epochMs: wallClockEpochMs,
    delays: { ...USUAL_DELAYS, ...options.delays },
    random,
    id: (digits) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join(''),
    heard: createHeardScript(options.script?.heard ?? USUAL_HEARD),
    answers: createAnswerScript(options.script?.answers ?? []),
    voice,
  };
  const faults = createArmedFaults({ vendors: vendors.map(({ name }) => name) });
  const { log, begin } = createSimulatorLog({ clock });
  const stopping = new AbortController();
  const connections = new Set<Socket>();
  const sockets = new WebSocketServer({ noServer: true });
  const upgradeHeaders = new WeakMap<IncomingMessage, Readonly<Record<string, string>>>();
  sockets.on('headers', (lines, incoming) => {
    for (const [name, value] of Object.entries(upgradeHeaders.get(incoming) ?? {}))
      lines.push(`${name}: ${value}`);
  });

  const start = (routed: RoutedRequest, exchangeLog: ExchangeLog): ExchangeStart => {
    const { vendor, route, request } = routed;
    exchangeLog.add({
      kind: 'request',
      method: request.method,
      path: request.path,
      query: request.query.toString(),
      body: textOf(request.body),
    });
    exchangeLog.received(request.body.length);
    return startExchange({ vendor, route, request, faults, log: exchangeLog });
  };

  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const body = await bodyOf(incoming);
    if (body === null) return;
    const found = findRoute(vendors, 'http', incoming, body);
    if (found.kind === 'none') {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end(found.body);
      return;
    }
    const { vendor, route, request } = found;
    const exchangeLog = begin(vendor.name, route.stage);
    const life = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) exchangeLog.add({ kind: 'cancel', detail: 'the connection closed' });
      exchangeLog.end('client', 'the client left');
      life.abort(new Error('the exchange is over'));
    });
    const started = start(found, exchangeLog);
    if (started.kind === 'ignored') return;
    if (started.kind === 'refused') return refuseRequest(response, started.refusal, exchangeLog);
    const signal = AbortSignal.any([life.signal, stopping.signal]);
    await answerRequest({
      route,
      request,
      response,
      simulation,
      log: exchangeLog,
      taken: started,
      signal,
    }).catch((error: unknown) => {
      if (signal.aborted) return;
      exchangeLog.add({ kind: 'bug', message: String(error) });
      response.destroy();
    });
  };

  const upgrade = (incoming: IncomingMessage, connection: Duplex, head: Buffer) => {
    connection.on('error', () => connection.destroy());
    const found = findRoute(vendors, 'socket', incoming, new Uint8Array(0));
    if (found.kind === 'none')
      return void connection.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
    const { vendor, route, request } = found;
    const exchangeLog = begin(vendor.name, route.stage);
    const started = start(found, exchangeLog);
    if (started.kind === 'ignored') {
      connection.once('close', () => exchangeLog.end('client', 'the connection closed'));
      // Unread, or half open, it would not tell that the client left.
      connection.once('end', () => connection.destroy()).resume();
      return;
    }
    if (started.kind === 'refused') return refuseHandshake(connection, started.refusal, exchangeLog);
    upgradeHeaders.set(incoming, route.upgradeHeaders?.(request) ?? {});
    sockets.handleUpgrade(incoming, connection, head, (socket) =>
      carrySocket({ route, request, socket, connection, simulation, log: exchangeLog, taken: started }),
    );
  };

  const server = createServer((incoming, response) => void answer(incoming, response));
  server.on('upgrade', upgrade);
  server.on('connection', (connection) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  let stopped: Promise<void> | null = null;
  return {
    baseUrls: Object.fromEntries(vendors.map(({ name }) => [name, `http://127.0.0.1:${port}/${name}`])),
    faults,
    log,
    get connectionCount() {
      return connections.size;
    },
    stop() {
      stopped ??= (async () => {
        stopping.abort(new Error('the simulators stop'));
        const closed = new Promise((resolve) => server.close(resolve));
        for (const connection of connections) connection.destroy();
        await closed;
        await voice.close();
      })();
      return stopped;
    },
  };
}

/** Null: the client left before all of it had come. */
async function bodyOf(incoming: IncomingMessage): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch {
    return null;
  }
  return Buffer.concat(chunks);
}

/** Bodies that hold sound are told by their length. */
function textOf(body: Uint8Array): string {
  const text = Buffer.from(body).toString('utf8');
  return text.includes('\0') || text.includes('\ufffd') ? `${body.length} bytes` : text;
}

import type { IncomingHttpHeaders } from 'node:http';
import type { Simulation } from './simulation.ts';

export type SimulatedStage = 'stt' | 'llm' | 'tts';

/** A vendor's servers, as far as a call needs them. Its base URL ends with its name: `http://127.0.0.1:4000/deepgram`. */
export interface SimulatedVendor {
  /** As agent files name its provider. */
  readonly name: string;
  /** Whether a request carries a key that is let in. Asked before faults and handlers. */
  isAuthorised(request: SimulatedRequest): boolean;
  /** How the vendor says no with this status: 401 for a wrong key, 404, 429, 500. Vendors differ in body and headers. */
  refuse(status: number): Refusal;
  /** The first whose path fits is taken. */
  readonly routes: readonly SimulatedRoute[];
}

/** An HTTP answer that refuses, to a request or to a websocket's handshake. */
export interface Refusal {
  /** What is really sent: some vendors answer a wrong key by 400. */
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export type SimulatedRoute = HttpRoute | SocketRoute;

interface RouteBase {
  readonly stage: SimulatedStage;
  /** Fits the path after the vendor's base URL, such as `/chat/completions`; its named groups become `params`. */
  readonly path: RegExp;
}

export interface HttpRoute extends RouteBase {
  readonly kind: 'http';
  readonly method: 'GET' | 'POST';
  /** The whole body has come. A throw is a fault of the simulator: it is logged, and the answer is cut. */
  answer(exchange: HttpExchange): Promise<void>;
}

export interface SocketRoute extends RouteBase {
  readonly kind: 'socket';
  /** Headers of the 101 answer. */
  upgradeHeaders?(request: SimulatedRequest): Readonly<Record<string, string>>;
  /** Called once the socket is open; what comes in goes to what it returns, message by message. */
  open(exchange: SocketExchange): SocketListener;
}

export interface SocketListener {
  text(message: string): void;
  binary(bytes: Uint8Array): void;
  /** Once, whoever closed it. Work in flight is stopped by the exchange's signal. */
  closed?(): void;
}

export interface SimulatedRequest {
  readonly method: string;
  /** After the vendor's base URL. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Empty for a websocket's handshake. */
  readonly body: Uint8Array;
}

/** What HTTP and websocket exchanges share. */
interface Exchange {
  readonly simulation: Simulation;
  readonly request: SimulatedRequest;
  /** Aborts when the client is gone, or the simulators stop. */
  readonly signal: AbortSignal;
  /** Added to every time that the vendor tells, in ms: the fault `clockSkew`; else 0. */
  readonly skewMs: number;
  /** Takes the armed fault `quirk` of this name, if there is one: it holds for one use. */
  takeQuirk(name: string): boolean;
  /** Logs that the client took back what it had asked for, as its message or its leaving says. */
  noteCancel(detail: string): void;
}

export interface HttpExchange extends Exchange {
  /** Sends the status and headers; `write` and `end` follow. */
  begin(status: number, headers: Readonly<Record<string, string>>): void;
  /** One piece of the answer, which is what faults count as a message. Nothing happens when the client is gone. */
  write(piece: string | Uint8Array): void;
  end(): void;
  /** Destroys the connection: the answer has no end. */
  cut(): void;
  /** A whole answer. */
  json(status: number, body: unknown, headers?: Readonly<Record<string, string>>): void;
}

export interface SocketExchange extends Exchange {
  /** Bytes as a binary frame, a string as it is, anything else as JSON. Nothing happens when the socket is closed. */
  send(message: unknown): void;
  /** Without a code the frame carries none, which a client sees as 1005. */
  close(code?: number, reason?: string): void;
}

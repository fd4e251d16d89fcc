import { createHash } from 'node:crypto';
import { FILE_DIGEST_HEADER, type Shipment, shipmentSchema } from '@parley/contracts/internal-api';

/**
 * How a server answers. `losesAnswers`: it takes what is sent, and the answer never arrives. `takesSome`: the first half of
 * a shipment.
 */
export type ServerMood =
  | 'takes'
  | 'takesSome'
  | 'refuses'
  | 'isAway'
  | 'hangs'
  | 'losesAnswers'
  | 'talksNonsense'
  | 'findsFault'
  | 'finds too large';

/** What a server does with journals, in memory: lines in order and without gaps, each once. */
export interface JournalServer {
  readonly fetch: typeof fetch;
  mood: ServerMood;
  /** How it answers uploads; null: as everything. */
  filesMood: ServerMood | null;
  /** Hears of each file that it takes. */
  onFile: (pathname: string, bytes: Buffer) => void;
  /** Generations of seats that it knows of beside those shipped, as `<callId>.<seat>`. */
  readonly held: Map<string, number>;
  readonly deleted: Set<string>;
  /** Every shipment that arrived, taken or not. */
  readonly shipments: Shipment[];
  /** Files that it has, by the path of their request. */
  readonly files: Map<string, Buffer>;
  /** Lines of a journal, named `<callId>.<seat>.<generation>`. */
  lines(journal: string): readonly unknown[];
  isOver(journal: string): boolean;
  /** It goes back to a state in which it had fewer lines. */
  forget(journal: string, keep: number): void;
}

export function createJournalServer(): JournalServer {
  const journals = new Map<string, { lines: Shipment['lines']; isOver: boolean }>();
  const ingest = ({ header, lines, isLast }: Shipment, most: number) => {
    const { callId, seat, generation } = header;
    if (server.deleted.has(callId)) return { kind: 'deleted' };
    const name = `${callId}.${seat}.${generation}`;
    const journal = journals.get(name) ?? { lines: [], isOver: false };
    journals.set(name, journal);
    for (const line of lines.slice(0, most)) if (line.seq === journal.lines.length) journal.lines.push(line);
    journal.isOver ||= isLast && journal.lines.length >= (lines.at(-1)?.seq ?? -1) + 1;
    const heldGeneration = Math.max(generation, server.held.get(`${callId}.${seat}`) ?? 0);
    return { kind: 'stored', nextSeq: journal.lines.length, heldGeneration };
  };

  const never = (signal: AbortSignal | null | undefined) =>
    new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));

  const answer = async (url: string, init: RequestInit): Promise<Response> => {
    const { pathname } = new URL(url);
    const isFile = pathname.startsWith('/internal/files/');
    const mood = (isFile ? server.filesMood : null) ?? server.mood;
    if (mood === 'isAway') throw new TypeError('fetch failed');
    if (mood === 'hangs') return never(init.signal);
    if (mood === 'refuses') return new Response('starting', { status: 503 });
    if (mood === 'findsFault') return new Response('what is that?', { status: 400 });
    if (mood === 'finds too large') return new Response('', { status: 413 });
    if (mood === 'talksNonsense') return Response.json({ kind: 'perhaps' });
    if (isFile) return upload(pathname, init);
    const shipment = shipmentSchema.parse(JSON.parse(String(init.body)));
    server.shipments.push(shipment);
    const stored = ingest(
      shipment,
      mood === 'takesSome' ? shipment.lines.length / 2 : Number.POSITIVE_INFINITY,
    );
    return mood === 'losesAnswers' ? never(init.signal) : Response.json(stored);
  };

  const upload = async (pathname: string, { body, headers }: RequestInit): Promise<Response> => {
    if (server.deleted.has(pathname.split('/')[3] ?? '')) return new Response('', { status: 410 });
    const bytes = Buffer.from(await new Response(body).arrayBuffer());
    const digest = createHash('sha256').update(bytes).digest('hex');
    if (new Headers(headers).get(FILE_DIGEST_HEADER) !== digest) return new Response('', { status: 409 });
    server.files.set(pathname, bytes);
    server.onFile(pathname, bytes);
    return new Response(null, { status: 204 });
  };

  const server: JournalServer = {
    fetch: (url, init = {}) => answer(String(url), init),
    mood: 'takes',
    filesMood: null,
    onFile: () => {},
    held: new Map(),
    deleted: new Set(),
    shipments: [],
    files: new Map(),
    lines: (journal) => journals.get(journal)?.lines ?? [],
    isOver: (journal) => journals.get(journal)?.isOver === true,
    forget(journal, keep) {
      const known = journals.get(journal);
      if (known !== undefined) known.lines.length = keep;
    },
  };
  return server;
}

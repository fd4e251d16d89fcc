import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bucket } from '../bucket.ts';
import { readCredential, signatureOf } from './s3-signature.ts';

/**
 * How a request fails. `cut`: the connection ends in the middle of the answer's content, or before an answer that has none.
 * `silent`: no answer comes. `forgets`: it is answered as if it had been done.
 */
export type S3Fault = 'denied' | 'failing' | 'cut' | 'silent' | 'forgets';

interface KeptObject {
  readonly content: Buffer;
  readonly contentType: string;
  readonly sha256: string | undefined;
}

/** A bucket in memory that takes only what is signed rightly by its key, over a real port. */
export interface S3Simulator {
  readonly bucket: Bucket;
  /** By key, without the bucket's own name. */
  readonly objects: Map<string, KeptObject>;
  /** `METHOD key` of each request that came whole, in order. */
  readonly asked: string[];
  /** Each request fails so from now on; null: none does. */
  fault: S3Fault | null;
  /** Called before a request is answered. */
  beforeAnswer: (method: string, key: string) => Promise<void>;
  close(): Promise<void>;
}

const CLOCK_SKEW_MS = 15 * 60_000;

export async function startS3Simulator(options: { readonly nowEpochMs?: () => number } = {}) {
  const { nowEpochMs = Date.now } = options;
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const simulator: S3Simulator = {
    bucket: {
      url: `http://127.0.0.1:${port}/bucket/a-folder`,
      region: 'eu-test-1',
      accessKeyId: 'AKTEST',
      secretAccessKey: 'a/secret+of a store',
    },
    objects: new Map(),
    asked: [],
    fault: null,
    beforeAnswer: async () => {},
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const content = await contentOf(request);
    if (content === null) return;
    const { method = '', url = '' } = request;
    const key = decodeURIComponent(url).replace(/^\/bucket\/a-folder\//, '');
    const tell = (
      status: number,
      headers: Record<string, string | number> = {},
      body: Buffer = Buffer.alloc(0),
    ) => {
      if (simulator.fault === 'cut') {
        const half = body.subarray(0, Math.floor(body.length / 2));
        if (half.length === 0) return request.socket.destroy();
        response.writeHead(status, { ...headers, 'content-length': body.length });
        return response.write(half, () => request.socket.destroy());
      }
      const length = headers['content-length'] ?? body.length;
      response.writeHead(status, { ...headers, ...(status === 204 ? {} : { 'content-length': length }) });
      return response.end(method === 'HEAD' ? undefined : body);
    };
    const refuse = (status: number, code: string) =>
      tell(
        status,
        { 'content-type': 'application/xml' },
        Buffer.from(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>as asked</Message></Error>`),
      );

    simulator.asked.push(`${method} ${key}`);
    await simulator.beforeAnswer(method, key);
    if (simulator.fault === 'silent') return;
    if (simulator.fault === 'failing') return refuse(503, 'SlowDown');
    if (simulator.fault === 'denied') return refuse(403, 'AccessDenied');
    const wrong = faultOfSignature(request, content, simulator.bucket, nowEpochMs());
    if (wrong !== null) return refuse(wrong === 'XAmzContentSHA256Mismatch' ? 400 : 403, wrong);
    if (!url.startsWith('/bucket/')) return refuse(404, 'NoSuchBucket');

    if (method === 'PUT') {
      if (request.headers['transfer-encoding'] !== undefined) return refuse(501, 'NotImplemented');
      const { 'content-type': contentType = '', 'x-amz-meta-sha256': sha256 } = request.headers;
      const kept = { content, contentType, sha256: typeof sha256 === 'string' ? sha256 : undefined };
      if (simulator.fault !== 'forgets') simulator.objects.set(key, kept);
      return tell(200, { etag: tagOf(content) });
    }
    if (method === 'DELETE') {
      if (simulator.fault !== 'forgets') simulator.objects.delete(key);
      return tell(204);
    }
    const found = simulator.objects.get(key);
    if (found === undefined) return refuse(404, 'NoSuchKey');
    const headers = {
      etag: tagOf(found.content),
      'content-type': found.contentType,
      ...(found.sha256 === undefined ? {} : { 'x-amz-meta-sha256': found.sha256 }),
    };
    const condition = request.headers['if-match'];
    if (condition !== undefined && condition !== headers.etag) return refuse(412, 'PreconditionFailed');
    if (method === 'HEAD') return tell(200, { ...headers, 'content-length': found.content.length });
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    if (first === undefined) return tell(200, headers, found.content);
    return tell(206, headers, found.content.subarray(Number(first), Number(last) + 1));
  };
  return simulator;
}

/** Null where its sender went away in the middle. */
async function contentOf(request: IncomingMessage): Promise<Buffer | null> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of request) parts.push(part as Uint8Array);
  } catch {
    return null;
  }
  return Buffer.concat(parts);
}

function faultOfSignature(
  { method = '', url: target = '', headers }: IncomingMessage,
  content: Buffer,
  bucket: Bucket,
  nowMs: number,
): string | null {
  const credential = readCredential(headers.authorization);
  if (credential?.accessKeyId !== bucket.accessKeyId) return 'InvalidAccessKeyId';
  if (credential.region !== bucket.region) return 'AuthorizationHeaderMalformed';
  const mustBeSigned = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
  const isAllSigned = mustBeSigned.every((name) => credential.signedHeaders.includes(name));
  const expected = signatureOf({ method, target, headers }, credential, bucket.secretAccessKey);
  if (!isAllSigned || credential.signature !== expected) return 'SignatureDoesNotMatch';
  const signedAt = String(headers['x-amz-date']).replace(
    /^(....)(..)(..)T(..)(..)(..)Z$/,
    '$1-$2-$3T$4:$5:$6Z',
  );
  // NaN is near nothing.
  if (!(Math.abs(Date.parse(signedAt) - nowMs) < CLOCK_SKEW_MS)) return 'RequestTimeTooSkewed';
  const sha256 = createHash('sha256').update(content).digest('hex');
  return headers['x-amz-content-sha256'] === sha256 ? null : 'XAmzContentSHA256Mismatch';
}

function tagOf(content: Buffer): string {
  return `"${createHash('md5').update(content).digest('hex')}"`;
}

import type { Readable } from 'node:stream';
import { AwsV4Signer } from 'aws4fetch';
import { type Agent, type Dispatcher, request } from 'undici';
import { isoOf } from '../runtime/clock.ts';
import type { Bucket } from './bucket.ts';
import { StoreError } from './store-error.ts';

/** What is asked of a bucket. */
export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  readonly key: string;
  /** Signed with the request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly sizeBytes: number; open(): Readable };
  readonly signal?: AbortSignal | undefined;
}

/** SHA-256 of nothing, which is what requests without a body sign. */
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
/** How much is read of why a store refuses. */
const MAX_REASON_BYTES = 4 * 1024;

/** Sends a signed request. Any status is an answer. Rejects with `StoreError`, or the signal's reason. */
export async function askBucket(
  { bucket, agent, nowEpochMs }: { readonly bucket: Bucket; readonly agent: Agent; nowEpochMs(): number },
  { method, key, headers = {}, body, signal }: S3Request,
): Promise<Dispatcher.ResponseData> {
  signal?.throwIfAborted();
  const signed = await new AwsV4Signer({
    method,
    url: `${bucket.url}/${key}`,
    headers: { 'x-amz-content-sha256': EMPTY_SHA256, ...headers },
    accessKeyId: bucket.accessKeyId,
    secretAccessKey: bucket.secretAccessKey,
    region: bucket.region,
    service: 's3',
    datetime: isoOf(nowEpochMs()).replace(/[:-]|\.\d{3}/g, ''),
    allHeaders: true,
  }).sign();
  const sent = Object.fromEntries(signed.headers);
  const content = body?.open();
  try {
    return await request(signed.url, {
      method,
      dispatcher: agent,
      headers: body === undefined ? sent : { ...sent, 'content-length': String(body.sizeBytes) },
      ...(content === undefined ? {} : { body: content }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    const { code, message } = cause as { readonly code?: string; readonly message?: string };
    throw new StoreError('away', `The store of recordings does not answer: ${code ?? message}.`, { cause });
  } finally {
    content?.destroy();
  }
}

/** What an answer that is no success means. Reads its body to the end, or closes its connection. */
export async function failureOf({ statusCode, body }: Dispatcher.ResponseData): Promise<StoreError> {
  const reason = readReason(await beginningOf(body));
  const said = `The store of recordings answered ${statusCode}${reason === '' ? '' : ` (${reason})`}`;
  const isGone = statusCode === 404 && !reason.startsWith('NoSuchBucket');
  if (isGone || statusCode === 412) return new StoreError('changed', `${said}.`);
  if (statusCode >= 500 || statusCode === 429 || statusCode === 408)
    return new StoreError('away', `${said}.`);
  return new StoreError(
    'refused',
    `${said}. Look at PARLEY_RECORDINGS_S3_URL, its region, its key, and what the key may do in the bucket.`,
  );
}

/** `Code: Message` of the XML that tells of a failure; empty where it is none, as after `HEAD`. */
function readReason(xml: string): string {
  const [code, message] = ['Code', 'Message'].map(
    (name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1],
  );
  return [code, message].filter(Boolean).join(': ');
}

async function beginningOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of body) {
      parts.push(part.subarray(0, MAX_REASON_BYTES - bytes));
      bytes += part.length;
      if (bytes >= MAX_REASON_BYTES) break;
    }
  } catch {
    // The status says enough where the reason is cut.
  }
  return Buffer.concat(parts).toString('utf8');
}

import { Agent } from 'undici';
import type { Bucket } from './bucket.ts';
import type { ObjectStore } from './object-store.ts';
import { askBucket, failureOf, type S3Request } from './s3-request.ts';
import { StoreError } from './store-error.ts';

/** Longest wait for a connection, in ms. */
const CONNECT_WITHIN_MS = 10_000;
/** Longest time in which nothing is sent or comes while something should, in ms. */
const SILENT_AT_MOST_MS = 60_000;
/** Where the SHA-256 of the content is kept: tags of stores that encrypt are none of the content. */
const SHA256_HEADER = 'x-amz-meta-sha256';

/**
 * Signs what it asks by version 4 of AWS's signatures, the content's SHA-256 with it, so that a store takes nothing that
 * changed on its way. What is stored has at most 5 GB, the largest that S3 takes in one request.
 */
export function createS3Store(options: {
  readonly bucket: Bucket;
  readonly nowEpochMs: () => number;
  /** Default 60 s. */
  readonly silentAtMostMs?: number;
}): ObjectStore {
  const { bucket, nowEpochMs, silentAtMostMs = SILENT_AT_MOST_MS } = options;
  const agent = new Agent({
    connect: { timeout: CONNECT_WITHIN_MS },
    headersTimeout: silentAtMostMs,
    bodyTimeout: silentAtMostMs,
  });
  const ask = (wanted: S3Request) => askBucket({ bucket, agent, nowEpochMs }, wanted);
  return {
    async look(key, { signal } = {}) {
      const answer = await ask({ method: 'HEAD', key, signal });
      if (answer.statusCode !== 200 && answer.statusCode !== 404) throw await failureOf(answer);
      await answer.body.dump();
      if (answer.statusCode === 404) return null;
      const { etag, 'content-length': length, [SHA256_HEADER]: sha256 } = answer.headers;
      if (typeof etag !== 'string' || typeof length !== 'string')
        throw new StoreError('refused', 'The store of recordings tells no ETag or no length: it is no S3.');
      return { sizeBytes: Number(length), tag: etag, sha256: typeof sha256 === 'string' ? sha256 : null };
    },
    async put(key, { sizeBytes, sha256, contentType, open }, { signal } = {}) {
      const headers = {
        'content-type': contentType,
        'x-amz-content-sha256': sha256,
        [SHA256_HEADER]: sha256,
      };
      const answer = await ask({ method: 'PUT', key, headers, body: { sizeBytes, open }, signal });
      if (answer.statusCode !== 200) throw await failureOf(answer);
      await answer.body.dump();
    },
    async read(key, { tag, first, last }, { signal } = {}) {
      const headers = { range: `bytes=${first}-${last}`, 'if-match': tag };
      const answer = await ask({ method: 'GET', key, headers, signal });
      if (answer.statusCode === 206) return answer.body;
      if (answer.statusCode !== 200) throw await failureOf(answer);
      answer.body.destroy();
      throw new StoreError('refused', 'The store of recordings passes over ranges: it is no S3.');
    },
    async remove(key) {
      const answer = await ask({ method: 'DELETE', key });
      const { statusCode } = answer;
      if (statusCode !== 204 && statusCode !== 200 && statusCode !== 404) throw await failureOf(answer);
      await answer.body.dump();
    },
    close: () => agent.destroy(),
  };
}

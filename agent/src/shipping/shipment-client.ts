import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { JournalHeader } from '@parley/contracts/call-event';
import {
  FILE_DIGEST_HEADER,
  type ShipmentAnswer,
  shipmentAnswerSchema,
  type UploadedFileName,
} from '@parley/contracts/internal-api';
import { InternalApiError, type InternalRequest, parseJson } from '../worker/internal-request.ts';

/** The part of web/server that takes journals and recordings. Every call rejects with `InternalApiError`. */
export interface ShipmentClient {
  /** `shipment`: its JSON. */
  ship(shipment: string, signal: AbortSignal): Promise<ShipmentAnswer>;
  /** Sends a file as it lies on disk, which nobody writes any more. `deleted`: so was its call. */
  upload(
    file: { readonly path: string; readonly name: UploadedFileName },
    of: Pick<JournalHeader, 'callId' | 'generation'>,
    signal: AbortSignal,
  ): Promise<'stored' | 'deleted'>;
}

/** The server may wait for its database. */
const SHIPMENT_DEADLINE_MS = 10_000;
/** Beside that, an upload may be this slow: a hundredth of an office line. */
const SLOWEST_UPLOAD_BYTES_PER_MS = 100;

export function createShipmentClient(request: InternalRequest): ShipmentClient {
  return {
    async ship(shipment, signal) {
      const { text } = await request(
        {
          method: 'POST',
          path: '/internal/events',
          headers: { 'content-type': 'application/json' },
          body: shipment,
          deadlineMs: SHIPMENT_DEADLINE_MS,
        },
        signal,
      );
      const answer = shipmentAnswerSchema.safeParse(parseJson(text, '/internal/events'));
      if (!answer.success)
        throw new InternalApiError('protocol', 'the answer to a shipment has another form', answer.error);
      return answer.data;
    },

    async upload({ path, name }, { callId, generation }, signal) {
      const { size } = await stat(path);
      const headers = {
        'content-type': 'application/octet-stream',
        'content-length': String(size),
        [FILE_DIGEST_HEADER]: await digestOf(path, signal),
      };
      const content = createReadStream(path);
      try {
        const { status } = await request(
          {
            method: 'PUT',
            path: `/internal/files/${encodeURIComponent(callId)}/${generation}/${name}`,
            headers,
            body: Readable.toWeb(content) as ReadableStream,
            deadlineMs: SHIPMENT_DEADLINE_MS + size / SLOWEST_UPLOAD_BYTES_PER_MS,
            expected: [410],
          },
          signal,
        );
        return status === 410 ? 'deleted' : 'stored';
      } finally {
        // A server may answer before it has read all.
        content.destroy();
      }
    },
  };
}

/** SHA-256 in hex. */
async function digestOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) {
    signal.throwIfAborted();
    hash.update(piece);
  }
  return hash.digest('hex');
}

import { Readable } from 'node:stream';
import type { Context } from 'hono';
import { ApiError } from '../http/api-error.ts';
import { readRange } from './byte-range.ts';
import type { FoundFile } from './found-file.ts';

/** Answers `GET` and `HEAD` with a file or the part of it that is asked for, and closes it. */
export async function answerFile(c: Context, file: FoundFile, contentType: string): Promise<Response> {
  let isHandedOn = false;
  try {
    const { sizeBytes: size, tag } = file;
    const headers = { 'Content-Type': contentType, 'Accept-Ranges': 'bytes', ETag: tag };
    if (matches(c.req.header('if-none-match'), tag)) return c.body(null, 304, headers);

    // A part of a file that has become another one would not fit to what the client has.
    const condition = c.req.header('if-range');
    const isSame = condition === undefined || condition.trim() === tag;
    const range = readRange(isSame ? c.req.header('range') : undefined, size);
    if (range.kind === 'outside')
      throw new ApiError('range_not_satisfiable', `The file has ${size} bytes, and none of those.`, {
        headers: { 'Content-Range': `bytes */${size}` },
      });
    const { first, last } = range.kind === 'part' ? range : { first: 0, last: size - 1 };
    const partHeaders = {
      ...headers,
      'Content-Length': String(last - first + 1),
      ...(range.kind === 'part' ? { 'Content-Range': `bytes ${first}-${last}/${size}` } : {}),
    };
    const status = range.kind === 'part' ? 206 : 200;
    if (c.req.method === 'HEAD' || size === 0) return c.body(null, status, partHeaders);
    const content = await file.read(first, last);
    isHandedOn = true;
    return c.body(Readable.toWeb(content) as ReadableStream<Uint8Array>, status, partHeaders);
  } finally {
    if (!isHandedOn) await file.close();
  }
}

function matches(header: string | undefined, tag: string): boolean {
  const tags = (header ?? '').split(',').map((text) => text.trim().replace(/^W\//, ''));
  return tags.includes(tag) || tags.includes('*');
}

/** What of a file a request asks for. */
export type ByteRange =
  | { readonly kind: 'whole' }
  /** Both ends are included. */
  | { readonly kind: 'part'; readonly first: number; readonly last: number }
  /** Nothing of the file lies in it. */
  | { readonly kind: 'outside' };

const FORM = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/i;

/**
 * Reads a `Range` header by RFC 9110, section 14. What is no range of bytes is passed over, as is a list of several,
 * which a server may answer with the whole.
 */
export function readRange(header: string | undefined, sizeBytes: number): ByteRange {
  const [, from, to, suffix] = FORM.exec((header ?? '').replaceAll(/[ \t]/g, '')) ?? [];
  if (suffix !== undefined) {
    const length = Math.min(Number(suffix), sizeBytes);
    return length === 0 ? { kind: 'outside' } : part(sizeBytes - length, sizeBytes - 1);
  }
  if (from === undefined) return { kind: 'whole' };
  const first = Number(from);
  const last = to ? Number(to) : sizeBytes - 1;
  if (to && last < first) return { kind: 'whole' };
  return first >= sizeBytes ? { kind: 'outside' } : part(first, Math.min(last, sizeBytes - 1));
}

function part(first: number, last: number): ByteRange {
  return { kind: 'part', first, last };
}

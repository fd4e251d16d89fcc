import { fieldsOf, textOf } from './json-fields.ts';

/** The words of a notice from the server; null for what is none. */
export function readNotice(payload: Uint8Array): string | null {
  try {
    return textOf(fieldsOf(JSON.parse(new TextDecoder().decode(payload))).message) || null;
  } catch {
    // Something else on the topic: a page of an older build than its server ignores what it does not know.
    return null;
  }
}

import { callNoticeSchema } from '@parley/contracts/call-notice';

/** The words of a notice from the server; null for what is none. */
export function readNotice(payload: Uint8Array): string | null {
  try {
    return callNoticeSchema.parse(JSON.parse(new TextDecoder().decode(payload))).message;
  } catch {
    // Something else on the topic: a page of an older build than its server ignores what it does not know.
    return null;
  }
}

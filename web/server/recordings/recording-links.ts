import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { CallId } from '@parley/contracts/ids';

/** What the key is for: no other key that is derived from LiveKit's is the same. */
const PURPOSE = 'parley-recording-link';

/** Signs addresses that play one call's recording, to who has no key, until an instant. They need no memory here. */
export interface RecordingLinks {
  sign(callId: CallId, endsEpochS: number): string;
  /** Whether the signature is ours, of that call, and not too old. */
  isValid(callId: CallId, signature: string): boolean;
}

export function createRecordingLinks({
  key,
  nowEpochS,
}: {
  readonly key: { readonly apiKey: string; readonly apiSecret: string };
  readonly nowEpochS: () => number;
}): RecordingLinks {
  const signingKey = new Uint8Array(hkdfSync('sha256', key.apiSecret, key.apiKey, PURPOSE, 32));
  const sign = (callId: CallId, endsEpochS: number) => {
    const seal = createHmac('sha256', signingKey).update(`${endsEpochS} ${callId}`).digest('base64url');
    return `${endsEpochS}.${seal}`;
  };
  return {
    sign,
    isValid(callId, signature) {
      const [, ends = ''] = /^(\d{1,12})\.[\w-]{43}$/.exec(signature) ?? [];
      if (ends === '' || Number(ends) <= nowEpochS()) return false;
      const expected = Buffer.from(sign(callId, Number(ends)));
      const given = Buffer.from(signature);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}

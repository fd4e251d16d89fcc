import { hkdfSync } from 'node:crypto';
import { tokenRequestSchema } from '@parley/contracts/http-api';
import { callIdSchema } from '@parley/contracts/ids';
import { CompactEncrypt, compactDecrypt, errors } from 'jose';
import { z } from 'zod';

/** What the key is for: no other key that is derived from LiveKit's is the same. */
const PURPOSE = 'parley-rejoin';
/** How long a secret can be used, in s: a day, longer than any call. Each use gives a fresh one. */
export const REJOIN_TTL_S = 24 * 60 * 60;

const placeSchema = z.object({
  callId: callIdSchema,
  roomName: z.string(),
  identity: z.string(),
  /** What the client said of itself when it was first let in. */
  client: tokenRequestSchema.pick({
    participant_name: true,
    participant_metadata: true,
    participant_attributes: true,
  }),
});

const contentSchema = z.object({ place: placeSchema, endsEpochS: z.number() });

/** A participant's place in a call. */
export type CallPlace = z.infer<typeof placeSchema>;

/**
 * Puts a participant's place in a call into a secret that nobody else can read, make or change, and that needs no
 * memory here: a server that was started anew, or another one with the same LiveKit key, takes it too.
 */
export interface RejoinSecrets {
  seal(place: CallPlace): Promise<string>;
  /** Null where the secret was not sealed with this LiveKit key, or is a day old. */
  open(secret: string): Promise<CallPlace | null>;
}

/** Secrets under a key of their own, derived from LiveKit's: neither stands for the other. */
export function createRejoinSecrets({
  key,
  nowEpochS,
}: {
  readonly key: { readonly apiKey: string; readonly apiSecret: string };
  readonly nowEpochS: () => number;
}): RejoinSecrets {
  const sealingKey = new Uint8Array(hkdfSync('sha256', key.apiSecret, key.apiKey, PURPOSE, 32));
  return {
    seal(place) {
      const content: z.infer<typeof contentSchema> = { place, endsEpochS: nowEpochS() + REJOIN_TTL_S };
      return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(content)))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .encrypt(sealingKey);
    },
    async open(secret) {
      try {
        const { plaintext } = await compactDecrypt(secret, sealingKey, {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
        });
        const { place, endsEpochS } = contentSchema.parse(JSON.parse(new TextDecoder().decode(plaintext)));
        return endsEpochS > nowEpochS() ? place : null;
      } catch (error) {
        // An old form of a place, from before an update of the server, opens no more than a stranger's secret.
        if (error instanceof errors.JOSEError || error instanceof z.ZodError) return null;
        throw error;
      }
    },
  };
}

import type { JobMetadata } from '@parley/contracts/dispatch';
import type { TokenAnswer } from '@parley/contracts/http-api';
import { ApiError } from '../http/api-error.ts';
import type { Site } from '../http/site.ts';
import { SfuError } from '../livekit/sfu.ts';
import { mintParticipantToken } from './participant-token.ts';
import type { CallPlace, RejoinSecrets } from './rejoin-secret.ts';

/** What letting a participant into a room takes. */
export interface TokenMint {
  readonly key: { readonly apiKey: string; readonly apiSecret: string };
  /** How long a token can be used to join, in s. */
  readonly tokenTtlS: number;
  readonly rejoinSecrets: RejoinSecrets;
}

/** The answer that lets a participant take its place, and come back to it. */
export async function answerWithToken(
  { key, tokenTtlS, rejoinSecrets }: TokenMint,
  { site, place, job }: { readonly site: Site; readonly place: CallPlace; readonly job: JobMetadata },
): Promise<TokenAnswer> {
  const { roomName, identity, client } = place;
  const token = await mintParticipantToken({ key, roomName, identity, ttlS: tokenTtlS, job, client });
  return {
    server_url: site.serverUrl,
    participant_token: token,
    room_name: roomName,
    participant_name: client.participant_name ?? '',
    rejoin: await rejoinSecrets.seal(place),
  };
}

/** Waits for livekit-server. Rejects with `ApiError` `livekit_unavailable` where it does not do what it was asked. */
export async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (!(cause instanceof SfuError)) throw cause;
    throw new ApiError(
      'livekit_unavailable',
      'No call can be made now: livekit-server does not answer, or refuses our key. Try again in a few seconds; ' +
        'GET /api/health says more.',
      { headers: { 'Retry-After': '5' }, cause },
    );
  }
}

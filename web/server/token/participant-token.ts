import { type JobMetadata, WORKER_AGENT_NAME } from '@parley/contracts/dispatch';
import type { TokenRequest } from '@parley/contracts/http-api';
import { HUMAN_ATTRIBUTE } from '@parley/contracts/room-protocol';
import { AccessToken, RoomAgentDispatch, RoomConfiguration, TrackSource } from 'livekit-server-sdk';
import { DEPARTURE_TIMEOUT_S, EMPTY_TIMEOUT_S } from '../livekit/room-lifetime.ts';

/** What a client says of itself in a token request. */
export type ClientWords = Pick<
  TokenRequest,
  'participant_name' | 'participant_metadata' | 'participant_attributes'
>;

/**
 * Mints a caller's token: to join one room, publish a microphone and data, and hear; nothing else.
 *
 * What the client says of itself goes to LiveKit unchanged, so that stock clients find it where they put it, and is
 * marked: `parley.untrusted` names it, and `parley.role` says what the participant is. Neither can be said by the client:
 * the prefix is reserved in a request, and the grant lets nobody change their own attributes. Whoever reads a role
 * reads it there, never in the client's data.
 *
 * The room's configuration rides along: LiveKit applies it only where this join makes the room, so that a room that
 * closed in the meantime comes back with its agent.
 */
export function mintParticipantToken(options: {
  readonly key: { readonly apiKey: string; readonly apiSecret: string };
  readonly roomName: string;
  readonly identity: string;
  readonly ttlS: number;
  readonly job: JobMetadata;
  readonly client: ClientWords;
}): Promise<string> {
  const { key, client } = options;
  const name = client.participant_name ?? '';
  const metadata = client.participant_metadata ?? '';
  const said = client.participant_attributes ?? {};
  const untrusted = [
    name && 'name',
    metadata && 'metadata',
    Object.keys(said).length > 0 && 'attributes',
  ].filter(Boolean);
  const token = new AccessToken(key.apiKey, key.apiSecret, {
    identity: options.identity,
    ttl: options.ttlS,
    name,
    metadata,
    attributes: {
      ...said,
      [HUMAN_ATTRIBUTE.role]: 'caller',
      ...(untrusted.length === 0 ? {} : { [HUMAN_ATTRIBUTE.untrusted]: untrusted.join(',') }),
    },
  });
  token.addGrant({
    roomJoin: true,
    room: options.roomName,
    canPublish: true,
    canPublishSources: [TrackSource.MICROPHONE],
    canPublishData: true,
    canSubscribe: true,
    canUpdateOwnMetadata: false,
  });
  token.roomConfig = new RoomConfiguration({
    emptyTimeout: EMPTY_TIMEOUT_S,
    departureTimeout: DEPARTURE_TIMEOUT_S,
    agents: [new RoomAgentDispatch({ agentName: WORKER_AGENT_NAME, metadata: JSON.stringify(options.job) })],
  });
  return token.toJwt();
}

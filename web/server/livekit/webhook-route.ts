import { type CallId, callIdSchema } from '@parley/contracts/ids';
import { Hono } from 'hono';
import { type WebhookEvent, WebhookReceiver } from 'livekit-server-sdk';
import type { RoomNews } from '../calls/call-watcher.ts';
import { ApiError } from '../http/api-error.ts';
import type { ServerEnv } from '../http/client-address.ts';
import { readPerson } from './sfu.ts';

export interface WebhookDeps {
  readonly key: { readonly apiKey: string; readonly apiSecret: string };
  readonly onRoomNews: (news: RoomNews) => void;
}

/**
 * `POST /webhooks/livekit`: room events, believed where the JWT in `Authorization` is signed with our secret and holds
 * the SHA-256 of the body. News that comes twice changes nothing, so that a replay within the token's life does no harm.
 */
export function createWebhookRoute({ key, onRoomNews }: WebhookDeps) {
  const receiver = new WebhookReceiver(key.apiKey, key.apiSecret);
  const app = new Hono<ServerEnv>();
  app.post('/', async (c) => {
    let event: WebhookEvent;
    try {
      event = await receiver.receive(await c.req.text(), c.req.header('authorization'));
    } catch (cause) {
      throw new ApiError('unauthorized', 'The webhook is not signed with the LiveKit key of this server.', {
        cause,
      });
    }
    const news = readNews(event);
    if (news !== null) onRoomNews(news);
    return c.body(null, 204);
  });
  return app;
}

function readNews({ event, room, participant }: WebhookEvent): RoomNews | null {
  const parsed = callIdSchema.safeParse(room?.sid ?? '');
  if (room === undefined || !parsed.success) return null;
  const callId: CallId = parsed.data;
  const of = { roomName: room.name, callId };
  switch (event) {
    case 'room_started':
      return { ...of, type: 'roomStarted' };
    case 'room_finished':
      return { ...of, type: 'roomFinished' };
    case 'participant_joined':
      return participant === undefined
        ? null
        : { ...of, type: 'personJoined', person: readPerson(participant, callId) };
    case 'participant_left':
    case 'participant_connection_aborted':
      return participant === undefined ? null : { ...of, type: 'personLeft', sid: participant.sid };
    default:
      return null;
  }
}

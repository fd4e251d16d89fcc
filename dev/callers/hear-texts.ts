import type { Room, TextStreamReader } from '@livekit/rtc-node';
import type { Clock } from '@parley/agent/runtime/clock';
import { TOPIC } from '@parley/contracts/room-protocol';
import type { TextNews } from './caller-messages.ts';

const TOPICS = [TOPIC.transcription, TOPIC.chat, TOPIC.notice, TOPIC.latency] as const;

/** Reads every text stream of the topics that a page reads. */
export function hearTexts(options: {
  readonly room: Room;
  readonly clock: Clock;
  readonly post: (news: TextNews) => void;
}): void {
  const { room, clock, post } = options;
  const hear = async (topic: string, reader: TextStreamReader, identity: string) => {
    const { streamId, attributes = {} } = reader.info;
    post({
      type: 'textOpened',
      streamId,
      topic,
      identity,
      attributes: { ...attributes },
      atMs: clock.nowMs(),
    });
    let isWhole = true;
    try {
      for await (const text of reader) post({ type: 'textDelta', streamId, text, atMs: clock.nowMs() });
    } catch {
      isWhole = false;
    }
    post({ type: 'textClosed', streamId, isWhole, atMs: clock.nowMs() });
  };
  for (const topic of TOPICS)
    room.registerTextStreamHandler(topic, (reader, { identity }) => void hear(topic, reader, identity));
}

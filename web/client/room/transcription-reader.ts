import { TRANSCRIPTION_ATTRIBUTE } from '@parley/contracts/room-protocol';
import type { TextStreamReader } from 'livekit-client';
import type { Speaker, TranscriptEvent } from './transcript.ts';

/** Reads one text stream of the transcription topic to its end, which comes at once when `signal` is aborted. */
export async function readTranscription({
  reader,
  speaker,
  signal,
  onEvent,
}: {
  readonly reader: TextStreamReader;
  readonly speaker: Speaker;
  readonly signal: AbortSignal;
  readonly onEvent: (event: TranscriptEvent) => void;
}): Promise<void> {
  const { id: streamId } = reader.info;
  const isMarked = (name: string) => reader.info.attributes?.[name] === 'true';
  onEvent({
    type: 'streamOpened',
    stream: {
      streamId,
      segmentId: reader.info.attributes?.[TRANSCRIPTION_ATTRIBUTE.segmentId] ?? streamId,
      speaker,
      openedAtMs: reader.info.timestamp,
      isFinal: isMarked(TRANSCRIPTION_ATTRIBUTE.isFinal),
      isInterrupted: isMarked(TRANSCRIPTION_ATTRIBUTE.isInterrupted),
      unheard: reader.info.attributes?.[TRANSCRIPTION_ATTRIBUTE.unheard] ?? '',
    },
  });
  let isCutShort = false;
  try {
    for await (const delta of reader.withAbortSignal(signal))
      onEvent({ type: 'textArrived', streamId, delta });
  } catch {
    // The sender vanished, or another took its place: what was read until now is what was said.
    isCutShort = true;
  }
  // Attributes may also come with the end of the stream.
  const isInterrupted = isMarked(TRANSCRIPTION_ATTRIBUTE.isInterrupted);
  onEvent({ type: 'streamClosed', streamId, isInterrupted, isCutShort });
}

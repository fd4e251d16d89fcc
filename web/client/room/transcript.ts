/** Who said a segment. `guest` is a further human in the room. Names are empty where none is known. */
export type Speaker =
  | { readonly kind: 'agent'; readonly name: string }
  | { readonly kind: 'you' }
  | { readonly kind: 'guest'; readonly identity: string; readonly name: string };

/** A piece of the talk: an utterance of a person, or about a sentence of the agent. */
export interface Segment {
  readonly id: string;
  readonly speaker: Speaker;
  readonly text: string;
  /** No change of the text is to be expected. */
  readonly isFinal: boolean;
  /** The agent was cut off in it; the text is what was heard. */
  readonly isInterrupted: boolean;
  /** What would have followed had the agent not been cut off; empty where unknown. */
  readonly unheard: string;
  /** Null for speech. */
  readonly typed: Delivery | null;
  /** When the segment began, by the clock of the agent, in ms since 1970: the order of the talk. */
  readonly startedAtMs: number;
}

/** How far a typed message has come. `waiting`: there is no agent yet that could read it. */
export type Delivery = 'waiting' | 'sending' | 'sent' | 'failed';

/** One text stream of the transcription topic. Several streams may carry one segment, each with its whole text. */
export interface TranscriptStream {
  readonly streamId: string;
  readonly segmentId: string;
  readonly speaker: Speaker;
  /** When the stream was opened, by the clock of its sender, in ms since 1970. */
  readonly openedAtMs: number;
  readonly isFinal: boolean;
  readonly isInterrupted: boolean;
  readonly unheard: string;
}

export type TranscriptEvent =
  | { readonly type: 'streamOpened'; readonly stream: TranscriptStream }
  | { readonly type: 'textArrived'; readonly streamId: string; readonly delta: string }
  /** `isCutShort`: its sender vanished before it was done. */
  | {
      readonly type: 'streamClosed';
      readonly streamId: string;
      readonly isInterrupted: boolean;
      readonly isCutShort: boolean;
    }
  /** The call is over: no stream writes any more, and what is shown is what there is. */
  | { readonly type: 'callEnded' }
  | { readonly type: 'typed'; readonly id: string; readonly text: string }
  | { readonly type: 'deliveryChanged'; readonly id: string; readonly delivery: Delivery };

/** The talk so far; `segments` in the order in which they began, without those that have no text yet. */
export interface Transcript {
  readonly segments: readonly Segment[];
  /** Streams that are open and may still write, by stream id. */
  readonly open: ReadonlyMap<string, OpenStream>;
  /** When the stream that wrote a segment last was opened, by segment id. */
  readonly writtenBy: ReadonlyMap<string, { readonly streamId: string; readonly openedAtMs: number }>;
}

interface OpenStream {
  readonly stream: TranscriptStream;
  readonly text: string;
}

export const emptyTranscript: Transcript = { segments: [], open: new Map(), writtenBy: new Map() };

/**
 * Takes one event into the transcript, by LiveKit's merge rule: a later stream of a segment replaces its text.
 * A stream without text changes nothing until its first word, so that a line never blinks; an earlier stream never
 * overwrites a later one; a final segment never becomes interim again.
 */
export function mergeTranscript(transcript: Transcript, event: TranscriptEvent): Transcript {
  switch (event.type) {
    case 'streamOpened': {
      if (isOutdated(transcript, event.stream)) return transcript;
      return withOpen(transcript, { stream: event.stream, text: '' });
    }
    case 'textArrived': {
      const open = transcript.open.get(event.streamId);
      if (!open || isOutdated(transcript, open.stream)) return transcript;
      const grown = { ...open, text: open.text + event.delta };
      return write(withOpen(transcript, grown), grown, {
        isFinal: grown.stream.isFinal,
        isInterrupted: grown.stream.isInterrupted,
        unheard: grown.stream.unheard,
      });
    }
    case 'streamClosed': {
      const open = transcript.open.get(event.streamId);
      if (!open) return transcript;
      const closed = withoutOpen(transcript, event.streamId);
      if (isOutdated(closed, open.stream)) return closed;
      // An agent's stream is its whole segment, so its end is the segment's; a person's end is announced by a flag.
      const isFinal = open.stream.isFinal || open.stream.speaker.kind === 'agent' || event.isCutShort;
      const isInterrupted =
        open.stream.isInterrupted ||
        event.isInterrupted ||
        (event.isCutShort && open.stream.speaker.kind === 'agent' && !open.stream.isFinal);
      return write(closed, open, { isFinal, isInterrupted, unheard: open.stream.unheard });
    }
    case 'callEnded':
      return {
        ...transcript,
        open: new Map(),
        segments: transcript.segments.map((segment) => ({ ...segment, isFinal: true })),
      };
    case 'typed':
      return withTyped(transcript, event);
    case 'deliveryChanged':
      return {
        ...transcript,
        segments: transcript.segments.map((segment) =>
          segment.id === event.id ? { ...segment, typed: event.delivery } : segment,
        ),
      };
  }
}

/** Whether a later stream has written the segment, or it is final and the stream is not. */
function isOutdated(transcript: Transcript, stream: TranscriptStream): boolean {
  const written = transcript.writtenBy.get(stream.segmentId);
  if (!written || written.streamId === stream.streamId) return false;
  if (written.openedAtMs > stream.openedAtMs) return true;
  const segment = transcript.segments.find((one) => one.id === stream.segmentId);
  return segment?.isFinal === true && !stream.isFinal;
}

type Marks = Pick<Segment, 'isFinal' | 'isInterrupted' | 'unheard'>;

function write(transcript: Transcript, { stream, text }: OpenStream, marks: Marks): Transcript {
  const earlier = transcript.segments.find((one) => one.id === stream.segmentId);
  const isEmpty = text.trim() === '';
  // A stream that ends without a word leaves the words of the one before it, and ends them where it says so.
  if (isEmpty && !stream.isFinal)
    return earlier && marks.isFinal ? replace(transcript, earlier, marks) : transcript;
  const writtenBy = new Map(transcript.writtenBy).set(stream.segmentId, {
    streamId: stream.streamId,
    openedAtMs: stream.openedAtMs,
  });
  // A final text that is empty takes the segment away: what was shown in the meantime was not said.
  if (isEmpty)
    return { ...transcript, segments: transcript.segments.filter((one) => one !== earlier), writtenBy };
  const segment: Segment = {
    id: stream.segmentId,
    speaker: stream.speaker,
    text,
    typed: null,
    startedAtMs: earlier?.startedAtMs ?? stream.openedAtMs,
    ...marks,
  };
  // In its place: a message may have been typed below it since.
  const segments = earlier
    ? transcript.segments.map((one) => (one === earlier ? segment : one))
    : inOrder(transcript.segments, segment);
  return { ...transcript, segments, writtenBy };
}

function replace(transcript: Transcript, segment: Segment, marks: Marks): Transcript {
  const segments = transcript.segments.map((one) => (one === segment ? { ...one, ...marks } : one));
  return { ...transcript, segments };
}

function inOrder(segments: readonly Segment[], segment: Segment): readonly Segment[] {
  const place = segments.findLastIndex((one) => one.startedAtMs <= segment.startedAtMs) + 1;
  return [...segments.slice(0, place), segment, ...segments.slice(place)];
}

function withOpen(transcript: Transcript, open: OpenStream): Transcript {
  return { ...transcript, open: new Map(transcript.open).set(open.stream.streamId, open) };
}

function withoutOpen(transcript: Transcript, streamId: string): Transcript {
  const open = new Map(transcript.open);
  open.delete(streamId);
  return { ...transcript, open };
}

/**
 * A typed message stands below all that is shown when it is sent. It takes the place in time of the last segment there:
 * the page's clock says nothing about the agent's.
 */
function withTyped(transcript: Transcript, { id, text }: { readonly id: string; readonly text: string }) {
  const segment: Segment = {
    id,
    speaker: { kind: 'you' },
    text,
    isFinal: true,
    isInterrupted: false,
    unheard: '',
    typed: 'waiting',
    startedAtMs: transcript.segments.at(-1)?.startedAtMs ?? Number.NEGATIVE_INFINITY,
  };
  return { ...transcript, segments: [...transcript.segments, segment] };
}

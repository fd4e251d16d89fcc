import type { Logger } from 'pino';
import { createAsyncQueue } from '../runtime/async-queue.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import { audioBlocks, joinBlocks } from './audio-blocks.ts';
import type { Tts, TtsEvent, TtsOptions, WordMark } from './contract.ts';
import { createReadyLines, type ReadyLine } from './ready-lines.ts';
import { createOpenReplies, MOST_WAITING_SEGMENTS, type TtsSegment, tooManySegments } from './reply.ts';

/** A voice that has some lines ready, in memory. */
export interface CachedTts extends Tts {
  /**
   * Makes lines ready, so that a segment of exactly that text is given at once. A line that is ready costs
   * nothing. A line that fails for a passing reason is logged and left out: it is then spoken live. Throws
   * ProviderError `bad_request` for a voice or a language that there is not.
   */
  preload(
    lines: readonly string[],
    options: { readonly voice: string; readonly language: string },
  ): Promise<void>;
}

/** Sound kept, in bytes. Default 32 MiB: 17 minutes at 16 kHz. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Silence between a ready line and another segment, in ms: each was made as the first of a reply. */
const PAUSE_MS = 140;

type VoiceOptions = Omit<TtsOptions, 'signal'>;

export function createCachedTts(options: {
  readonly tts: Tts;
  readonly log: Logger;
  /** Sound kept, in bytes; the line that was not used for longest goes first. */
  readonly mostBytes?: number;
}): CachedTts {
  const { tts, log, mostBytes = MOST_BYTES } = options;
  const { provider, model } = tts;
  const lines = createReadyLines(mostBytes);
  const making = new Map<string, Promise<void>>();
  const replies = createOpenReplies({ provider });
  const closing = new AbortController();

  const make = async (key: string, text: string, voice: VoiceOptions) => {
    const line = await speakWhole(tts, text, { ...voice, signal: closing.signal });
    if (line !== null) lines.put(key, line);
  };

  return {
    provider,
    model,
    voices: tts.voices,
    sampleRateHz: (voice) => tts.sampleRateHz(voice),
    warm: () => tts.warm(),
    async preload(texts, voice) {
      for (const text of new Set(texts)) {
        const key = keyOf(text, voice);
        if (lines.get(key) !== null) continue;
        const work = making.get(key) ?? make(key, text, voice).finally(() => making.delete(key));
        making.set(key, work);
        try {
          await work;
        } catch (error) {
          if (error instanceof ProviderError && error.code === 'bad_request') throw error;
          log.warn({ err: error, provider }, 'a line could not be made ready; it will be spoken live');
        }
      }
    },
    open({ signal, ...voice }) {
      tts.sampleRateHz(voice.voice);
      return replies.open({
        signal,
        speak: (segments, ending) =>
          speak(segments, { ready: (text) => lines.get(keyOf(text, voice)), tts, voice, signal: ending }),
      });
    },
    async close() {
      closing.abort();
      replies.close();
      await tts.close();
    },
  };
}

function keyOf(text: string, { voice, language }: VoiceOptions): string {
  return JSON.stringify([voice, language, text]);
}

/** One line as the whole of a reply; null where it was aborted. */
async function speakWhole(tts: Tts, text: string, options: TtsOptions): Promise<ReadyLine | null> {
  const reply = tts.open(options);
  reply.say({ segmentId: 'line', text });
  reply.finish();
  const blocks: Int16Array[] = [];
  const marks: WordMark[] = [];
  let isWhole = false;
  for await (const event of reply) {
    if (event.type === 'audio') blocks.push(event.samples);
    if (event.type === 'words') marks.push(...event.marks);
    if (event.type === 'segmentEnd') isWhole = true;
  }
  return isWhole
    ? { samples: joinBlocks(blocks), sampleRateHz: tts.sampleRateHz(options.voice), marks }
    : null;
}

interface Speaking {
  readonly ready: (text: string) => ReadyLine | null;
  readonly tts: Tts;
  readonly voice: VoiceOptions;
  readonly signal: AbortSignal;
}

type Ordered = { readonly segmentId: string; readonly line: ReadyLine | null };

async function* speak(segments: AsyncIterable<TtsSegment>, speaking: Speaking): AsyncGenerator<TtsEvent> {
  const { tts, voice, signal } = speaking;
  const live = tts.open({ ...voice, signal });
  const liveEvents = live[Symbol.asyncIterator]();
  const order = createAsyncQueue<Ordered>(MOST_WAITING_SEGMENTS);
  const sort = async () => {
    for await (const segment of segments) {
      const line = speaking.ready(segment.text);
      // What must be made is asked for at once: it is made while the lines before it sound.
      if (line === null) live.say(segment);
      if (!order.push({ segmentId: segment.segmentId, line })) throw tooManySegments(tts.provider);
    }
    live.finish();
    order.end();
  };
  sort().catch(order.fail);

  const sampleRateHz = tts.sampleRateHz(voice.voice);
  let before: 'nothing' | 'ready' | 'live' = 'nothing';
  for await (const { segmentId, line } of order) {
    const kind = line === null ? 'live' : 'ready';
    const pauseMs = before === 'nothing' || (before === 'live' && kind === 'live') ? 0 : PAUSE_MS;
    const events = line === null ? untilSegmentEnd(liveEvents) : readyEvents(segmentId, line);
    let isPaused = pauseMs === 0;
    for await (const event of events) {
      if (!isPaused && event.type === 'audio') {
        isPaused = true;
        yield* audioBlocks(
          segmentId,
          new Int16Array(Math.round((pauseMs * sampleRateHz) / 1000)),
          sampleRateHz,
        );
      }
      const isSilent = event.type === 'segmentEnd' && event.durationMs === 0;
      if (event.type === 'segmentEnd' && !isSilent) before = kind;
      yield isSilent ? event : later(event, pauseMs);
    }
  }
  // Nothing is left in it: reading it to its end closes it.
  await liveEvents.next();
}

function* readyEvents(segmentId: string, line: ReadyLine): Generator<TtsEvent> {
  const { samples, sampleRateHz, marks } = line;
  if (marks.length > 0) yield { type: 'words', segmentId, marks };
  yield* audioBlocks(segmentId, samples, sampleRateHz);
  yield { type: 'segmentEnd', segmentId, durationMs: (samples.length * 1000) / sampleRateHz };
}

async function* untilSegmentEnd(events: AsyncIterator<TtsEvent>): AsyncGenerator<TtsEvent> {
  for (;;) {
    const next = await events.next();
    if (next.done) return;
    yield next.value;
    if (next.value.type === 'segmentEnd') return;
  }
}

/** The event of a segment whose sound begins after `pauseMs` of silence. */
function later(event: TtsEvent, pauseMs: number): TtsEvent {
  switch (event.type) {
    case 'audio':
    case 'usage':
      return event;
    case 'segmentEnd':
      return { ...event, durationMs: event.durationMs + pauseMs };
    case 'words': {
      const shift = (mark: WordMark) => ({
        ...mark,
        startMs: mark.startMs + pauseMs,
        endMs: mark.endMs + pauseMs,
      });
      return { ...event, marks: event.marks.map(shift) };
    }
  }
}

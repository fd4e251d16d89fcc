import { describe, expect, onTestFinished, test } from 'vitest';
import { createMonotonicClock, delay } from '../runtime/clock.ts';
import type { HeardFrame, Stt, SttEvent, SttStream } from './contract.ts';

/** Sound at 16 kHz that the recogniser understands, with silence around it, and what it is then to give. */
export interface KnownSpeech {
  readonly samples: Int16Array;
  readonly text: string;
}

const FRAME_SAMPLES = 512;
const FRAME_MS = 32;
/** Quiet frames after speech before its final is asked for: 256 ms. */
const FRAMES_AFTER = 8;

type Final = Extract<SttEvent, { type: 'final' }>;

/** What every recogniser does, whoever made it. */
export function describeSttContract(
  name: string,
  given: {
    readonly create: () => Promise<Stt>;
    /** Two sentences that are told apart; made once. */
    readonly speech: () => Promise<readonly [KnownSpeech, KnownSpeech]>;
    /** A language that it lacks, or null where it has all. */
    readonly otherLanguage: string | null;
    /**
     * A vendor in earnest: it is given sound as fast as it is spoken, may give a sentence in several finals, and writes
     * words in its own way. Default: false.
     */
    readonly isLive?: boolean;
  },
): void {
  const { isLive = false } = given;
  const say = (stream: SttStream, speech: KnownSpeech) => sayFrames([[stream, framesOf(speech)]], isLive);
  const heardAs = ({ text }: KnownSpeech): unknown =>
    isLive ? expect.toSatisfy(isSameWords(text), `the words of "${text}"`) : text;
  const nextOf = (finals: AsyncGenerator<Final, void>) => (isLive ? wholeOf(finals) : finalOf(finals));
  describe(`speech to text: ${name}`, () => {
    let speech: Promise<readonly [KnownSpeech, KnownSpeech]> | null = null;
    const known = () => {
      speech ??= given.speech();
      return speech;
    };
    const create = async () => {
      const stt = await given.create();
      onTestFinished(() => stt.close());
      await stt.warm();
      return stt;
    };
    const open = (stt: Stt) => {
      const ending = new AbortController();
      const stream = stt.open({ language: 'en', prefixPaddingMs: 300, signal: ending.signal });
      return { stream, finals: finalsOf(stream), end: () => ending.abort(new Error('over')) };
    };

    test('gives what was said, once, when the final is asked for', async () => {
      const [first] = await known();
      const { stream, finals, end } = open(await create());
      await say(stream, first);
      stream.finalize();
      const final = await nextOf(finals);
      expect(final).toMatchObject({ outcome: 'words', text: heardAs(first), answersFinalize: true });
      expect(final.wordCount).toBe(final.text.split(' ').length);
      end();
      expect(await finals.next()).toMatchObject({ done: true });
    });

    test('gives words with times that lie in order within what was said', async () => {
      const [first] = await known();
      const { stream, finals } = open(await create());
      await say(stream, first);
      stream.finalize();
      const { words } = await nextOf(finals);
      const edges = words.flatMap(({ startMs, endMs }) => [startMs, endMs]);
      expect(edges).toEqual([...edges].sort((a, b) => a - b));
      expect(edges.at(-1) ?? 0).toBeLessThanOrEqual(
        first.samples.length / 16 + FRAMES_AFTER * FRAME_MS + 300,
      );
    });

    test('answers every finalize by one final, in order', async () => {
      const [first, second] = await known();
      const { stream, finals } = open(await create());
      await say(stream, first);
      stream.finalize();
      stream.finalize();
      await say(stream, second);
      stream.finalize();
      expect(await nextOf(finals)).toMatchObject({ text: heardAs(first), answersFinalize: true });
      expect(await nextOf(finals)).toMatchObject({ outcome: 'silence', text: '', answersFinalize: true });
      expect(await nextOf(finals)).toMatchObject({ text: heardAs(second), answersFinalize: true });
    });

    test('calls silence silence', async () => {
      const { stream, finals } = open(await create());
      const silence = Array.from({ length: 30 }, () => frameOf(new Int16Array(FRAME_SAMPLES), false));
      await sayFrames([[stream, silence]], isLive);
      stream.finalize();
      expect(await nextOf(finals)).toEqual({
        type: 'final',
        outcome: 'silence',
        text: '',
        words: [],
        wordCount: 0,
        answersFinalize: true,
      });
    });

    test('keeps two ears apart', async () => {
      const [first, second] = await known();
      const stt = await create();
      const one = open(stt);
      const other = open(stt);
      const both = [
        [one.stream, framesOf(first)],
        [other.stream, framesOf(second)],
      ] as const;
      await sayFrames(both, isLive);
      one.stream.finalize();
      other.stream.finalize();
      expect(await nextOf(other.finals)).toMatchObject({ text: heardAs(second) });
      expect(await nextOf(one.finals)).toMatchObject({ text: heardAs(first) });
    });

    test('ends without a throw when aborted, and takes what comes after for nothing', async () => {
      const [first] = await known();
      const stt = await create();
      const aborted = open(stt);
      await say(aborted.stream, first);
      aborted.stream.finalize();
      aborted.end();
      await say(aborted.stream, first);
      aborted.stream.finalize();
      expect(await aborted.finals.next()).toMatchObject({ done: true });
      const other = open(stt);
      await say(other.stream, first);
      other.stream.finalize();
      expect(await nextOf(other.finals)).toMatchObject({ text: heardAs(first) });
    });

    test('a stream whose signal was aborted before is over at once', async () => {
      const stt = await create();
      const stream = stt.open({ language: 'en', prefixPaddingMs: 300, signal: AbortSignal.abort() });
      stream.finalize();
      expect(await finalsOf(stream).next()).toMatchObject({ done: true });
    });

    test('answers though more sound came than it keeps', async () => {
      const { stream, finals } = open(await create());
      const noise = Int16Array.from({ length: FRAME_SAMPLES }, (_, index) => 2_000 * Math.sin(index * index));
      const long = Array.from({ length: Math.ceil(15_000 / FRAME_MS) }, () => frameOf(noise, true));
      await sayFrames([[stream, long]], isLive);
      stream.finalize();
      expect((await nextOf(finals)).answersFinalize).toBe(true);
    });

    test('closing ends every stream, and may be asked for twice', async () => {
      const [first] = await known();
      const stt = await create();
      const { stream, finals } = open(stt);
      await say(stream, first);
      await stt.close();
      await stt.close();
      expect(await finals.next()).toMatchObject({ done: true });
      expect(() => open(stt)).toThrow(expect.objectContaining({ code: 'unavailable' }));
    });

    test.skipIf(given.otherLanguage === null)(
      'refuses a language that it lacks, and says what helps',
      async () => {
        const stt = await create();
        const open = () =>
          stt.open({
            language: given.otherLanguage ?? '',
            prefixPaddingMs: 300,
            signal: new AbortController().signal,
          });
        expect(open).toThrow(expect.objectContaining({ code: 'bad_request', retryable: false }));
        expect(open).toThrow(/key/);
      },
    );
  });
}

/** Says each its frames, side by side: all at once, or as fast as they are spoken. */
async function sayFrames(
  ears: readonly (readonly [stream: SttStream, frames: readonly HeardFrame[]])[],
  isPaced: boolean,
): Promise<void> {
  const clock = createMonotonicClock();
  const startedAtMs = clock.nowMs();
  const longest = Math.max(...ears.map(([, frames]) => frames.length));
  for (let index = 0; index < longest; index++) {
    for (const [stream, frames] of ears) {
      const frame = frames[index];
      if (frame) stream.push(frame);
    }
    if (isPaced) await delay(clock, startedAtMs + (index + 1) * FRAME_MS - clock.nowMs());
  }
}

/** The speech as an ear gives it on: the gate opens with the first frame that is not silent, and closes after it. */
function framesOf({ samples }: KnownSpeech): HeardFrame[] {
  const frames: HeardFrame[] = [];
  for (let at = 0; at < samples.length; at += FRAME_SAMPLES) {
    const padded = new Int16Array(FRAME_SAMPLES);
    padded.set(samples.subarray(at, at + FRAME_SAMPLES));
    frames.push(
      frameOf(
        padded,
        padded.some((sample) => Math.abs(sample) > 500),
      ),
    );
  }
  const first = frames.findIndex(({ isSpeech }) => isSpeech);
  const last = frames.findLastIndex(({ isSpeech }) => isSpeech);
  const gated = frames.map((frame, index) => ({ ...frame, isSpeech: index >= first && index <= last }));
  const after = Array.from({ length: FRAMES_AFTER }, () => frameOf(new Int16Array(FRAME_SAMPLES), false));
  return [...gated, ...after];
}

function frameOf(samples: Int16Array, isSpeech: boolean): HeardFrame {
  return { samples: Int16Array.from(samples), sampleRateHz: 16_000, isSpeech };
}

async function* finalsOf(stream: SttStream): AsyncGenerator<Final, void> {
  for await (const event of stream) if (event.type === 'final') yield event;
}

/** What answers the question for a final, with what was given of the sentence before. */
async function wholeOf(finals: AsyncGenerator<Final, void>): Promise<Final> {
  const parts: Final[] = [];
  for (;;) {
    const final = await finalOf(finals);
    parts.push(final);
    if (!final.answersFinalize) continue;
    const text = parts
      .map((part) => part.text)
      .filter((part) => part !== '')
      .join(' ');
    const wordCount = parts.reduce((sum, part) => sum + part.wordCount, 0);
    const telling = parts.find(({ outcome }) => outcome === 'words') ?? final;
    return { ...telling, text, wordCount, answersFinalize: true };
  }
}

/** The same words, however they are written; one of four may be missing, added or another, as the voice is a machine's. */
function isSameWords(said: string): (heard: string) => boolean {
  const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
  return (heard) => {
    const [expected, given] = [wordsOf(said), wordsOf(heard)];
    const left = [...given];
    for (const word of expected) if (left.includes(word)) left.splice(left.indexOf(word), 1);
    const same = given.length - left.length;
    return Math.max(expected.length, given.length) - same <= expected.length / 4;
  };
}

async function finalOf(finals: AsyncGenerator<Final, void>): Promise<Final> {
  const { value, done } = await finals.next();
  if (done) throw new Error('the stream ended before its final');
  return value;
}

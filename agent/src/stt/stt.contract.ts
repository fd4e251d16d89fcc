import { describe, expect, onTestFinished, test } from 'vitest';
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
  },
): void {
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
      say(stream, first);
      stream.finalize();
      const final = await nextOf(finals);
      expect(final).toMatchObject({ outcome: 'words', text: first.text, answersFinalize: true });
      expect(final.wordCount).toBe(first.text.split(' ').length);
      end();
      expect(await finals.next()).toMatchObject({ done: true });
    });

    test('gives words with times that lie in order within what was said', async () => {
      const [first] = await known();
      const { stream, finals } = open(await create());
      say(stream, first);
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
      say(stream, first);
      stream.finalize();
      stream.finalize();
      say(stream, second);
      stream.finalize();
      expect(await nextOf(finals)).toMatchObject({ text: first.text, answersFinalize: true });
      expect(await nextOf(finals)).toMatchObject({ outcome: 'silence', text: '', answersFinalize: true });
      expect(await nextOf(finals)).toMatchObject({ text: second.text, answersFinalize: true });
    });

    test('calls silence silence', async () => {
      const { stream, finals } = open(await create());
      for (let index = 0; index < 30; index++) stream.push(frameOf(new Int16Array(FRAME_SAMPLES), false));
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
      const frames = [framesOf(first), framesOf(second)] as const;
      for (let index = 0; index < Math.max(frames[0].length, frames[1].length); index++) {
        const [mine, theirs] = [frames[0][index], frames[1][index]];
        if (mine) one.stream.push(mine);
        if (theirs) other.stream.push(theirs);
      }
      one.stream.finalize();
      other.stream.finalize();
      expect(await nextOf(other.finals)).toMatchObject({ text: second.text });
      expect(await nextOf(one.finals)).toMatchObject({ text: first.text });
    });

    test('ends without a throw when aborted, and takes what comes after for nothing', async () => {
      const [first] = await known();
      const stt = await create();
      const aborted = open(stt);
      say(aborted.stream, first);
      aborted.stream.finalize();
      aborted.end();
      say(aborted.stream, first);
      aborted.stream.finalize();
      expect(await aborted.finals.next()).toMatchObject({ done: true });
      const other = open(stt);
      say(other.stream, first);
      other.stream.finalize();
      expect(await nextOf(other.finals)).toMatchObject({ text: first.text });
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
      for (let ms = 0; ms < 15_000; ms += FRAME_MS) stream.push(frameOf(noise, true));
      stream.finalize();
      expect((await nextOf(finals)).answersFinalize).toBe(true);
    });

    test('closing ends every stream, and may be asked for twice', async () => {
      const [first] = await known();
      const stt = await create();
      const { stream, finals } = open(stt);
      say(stream, first);
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

function say(stream: SttStream, speech: KnownSpeech): void {
  for (const frame of framesOf(speech)) stream.push(frame);
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

async function nextOf(finals: AsyncGenerator<Final, void>): Promise<Final> {
  const { value, done } = await finals.next();
  if (done) throw new Error('the stream ended before its final');
  return value;
}

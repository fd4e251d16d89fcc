import { pino } from 'pino';
import { expect, it } from 'vitest';
import { ProviderError } from '../runtime/provider-error.ts';
import type { Tts, TtsEvent } from './contract.ts';
import { createCachedTts } from './pcm-cache.ts';
import { createOpenReplies } from './reply.ts';

const EN = { voice: 'v', language: 'en' } as const;

const BILL = { provider: 'words', model: 'words-1' };

/** A voice that gives 100 ms for each word; what it was asked to say is kept. */
function createWordVoice(options: { readonly fails?: () => ProviderError | null } = {}) {
  const said: string[] = [];
  const replies = createOpenReplies({ provider: 'words' });
  const tts: Tts = {
    ...BILL,
    voices: ['v'],
    sampleRateHz: () => 16_000,
    warm: async () => {},
    open: ({ signal }) =>
      replies.open({
        signal,
        speak: async function* (segments): AsyncGenerator<TtsEvent> {
          for await (const { segmentId, text } of segments) {
            const failure = options.fails?.();
            if (failure) throw failure;
            said.push(text);
            yield { type: 'usage', segmentId, ...BILL, characters: text.length };
            let durationMs = 0;
            for (const match of text.matchAll(/\S+/g)) {
              const [charStart, charEnd] = [match.index, match.index + match[0].length];
              const mark = {
                charStart,
                charEnd,
                startMs: durationMs,
                endMs: durationMs + 100,
                isEstimated: false,
              };
              yield { type: 'words', segmentId, marks: [mark] };
              yield {
                type: 'audio',
                segmentId,
                samples: new Int16Array(1_600).fill(1),
                sampleRateHz: 16_000,
              };
              durationMs += 100;
            }
            yield { type: 'segmentEnd', segmentId, durationMs };
          }
        },
      }),
    close: async () => replies.close(),
  };
  return { tts, said };
}

async function speak(tts: Tts, texts: readonly string[]) {
  const reply = tts.open({ ...EN, signal: new AbortController().signal });
  for (const [index, text] of texts.entries()) reply.say({ segmentId: `s${index}`, text });
  reply.finish();
  const events: TtsEvent[] = [];
  for await (const event of reply) events.push(event);
  return events;
}

const log = pino({ level: 'silent' });

it('a line made ready is synthesised once and sounds as it would live', async () => {
  const { tts, said } = createWordVoice();
  const cached = createCachedTts({ tts, log });
  const live = await speak(cached, ['Hello there.']);
  await cached.preload(['Hello there.', 'Hello there.'], EN);
  await cached.preload(['Hello there.'], EN);
  const ready = await speak(cached, ['Hello there.']);
  expect(said).toEqual(['Hello there.', 'Hello there.']);
  const sound = (events: readonly TtsEvent[]) =>
    events.flatMap((event) => (event.type === 'audio' ? [...event.samples] : []));
  expect(sound(ready)).toEqual(sound(live));
  expect(ready.at(-1)).toEqual(live.at(-1));
});

it('calls that make the same line ready at the same time share the work', async () => {
  const { tts, said } = createWordVoice();
  const cached = createCachedTts({ tts, log });
  await Promise.all([cached.preload(['Hello.'], EN), cached.preload(['Hello.'], EN)]);
  expect(said).toEqual(['Hello.']);
});

it('ready and live segments of one reply come in order, parted by a pause', async () => {
  const { tts } = createWordVoice();
  const cached = createCachedTts({ tts, log });
  await cached.preload(['Ready one.', 'Ready two.'], EN);
  const events = await speak(cached, ['Ready one.', 'Live one.', 'Live two.', 'Ready two.']);
  const ends = events.filter((event) => event.type === 'segmentEnd');
  expect(ends).toEqual([
    { type: 'segmentEnd', segmentId: 's0', durationMs: 200 },
    { type: 'segmentEnd', segmentId: 's1', durationMs: 340 },
    { type: 'segmentEnd', segmentId: 's2', durationMs: 200 },
    { type: 'segmentEnd', segmentId: 's3', durationMs: 340 },
  ]);
  const marks = events.flatMap((event) =>
    event.type === 'words' && event.segmentId === 's1' ? event.marks : [],
  );
  expect(marks.map(({ startMs }) => startMs)).toEqual([140, 240]);
});

it('a voice and a language have lines of their own', async () => {
  const { tts, said } = createWordVoice();
  const cached = createCachedTts({ tts, log });
  await cached.preload(['Hello.'], { voice: 'other', language: 'en' });
  await cached.preload(['Hello.'], { voice: 'v', language: 'en-GB' });
  await speak(cached, ['Hello.']);
  expect(said).toHaveLength(3);
});

it('the line that was not used for longest makes room', async () => {
  const { tts, said } = createWordVoice();
  const cached = createCachedTts({ tts, log, mostBytes: 2 * 3_200 });
  await cached.preload(['One.', 'Two.'], EN);
  await speak(cached, ['One.']);
  await cached.preload(['Three.'], EN);
  said.length = 0;
  await speak(cached, ['One.', 'Three.', 'Two.']);
  expect(said).toEqual(['Two.']);
});

it('a line that is ready costs nothing; what is spoken live costs its characters', async () => {
  const { tts } = createWordVoice();
  const cached = createCachedTts({ tts, log });
  await cached.preload(['Hello.'], EN);
  const events = await speak(cached, ['Hello.', 'How are you?']);
  expect(events.filter(({ type }) => type === 'usage')).toEqual([
    { type: 'usage', segmentId: 's1', ...BILL, characters: 12 },
  ]);
});

it('a line larger than all the room is spoken live', async () => {
  const { tts, said } = createWordVoice();
  const cached = createCachedTts({ tts, log, mostBytes: 100 });
  await cached.preload(['Hello.'], EN);
  await speak(cached, ['Hello.']);
  expect(said).toEqual(['Hello.', 'Hello.']);
});

it('a line that fails for a passing reason is spoken live; a fault of the request is told', async () => {
  let failure: ProviderError | null = new ProviderError('unavailable', 'away', {
    provider: 'words',
    retryable: true,
  });
  const { tts, said } = createWordVoice({ fails: () => failure });
  const cached = createCachedTts({ tts, log });
  await cached.preload(['Hello.'], EN);
  failure = new ProviderError('bad_request', 'no such voice', { provider: 'words', retryable: false });
  await expect(cached.preload(['Hello.'], EN)).rejects.toMatchObject({ code: 'bad_request' });
  failure = null;
  await speak(cached, ['Hello.']);
  expect(said).toEqual(['Hello.']);
});

it('a failure of the live voice is a failure of the reply', async () => {
  const failure = new ProviderError('unavailable', 'away', { provider: 'words', retryable: true });
  const cached = createCachedTts({ tts: createWordVoice({ fails: () => failure }).tts, log });
  await expect(speak(cached, ['Hello.'])).rejects.toBe(failure);
});

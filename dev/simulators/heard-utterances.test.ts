import { describe, expect, test } from 'vitest';
import { createHeardScript } from './heard-script.ts';
import { createHeardUtterances, type HeardEvent, utterancesIn } from './heard-utterances.ts';
import { makeTone } from './steady-tone.ts';

const RATE = 16_000;
const SCRIPT = ['zero zero', 'one word after another comes here', 'two two'];

const silence = (ms: number) => new Int16Array((ms * RATE) / 1000);
/** Like speech in that no tone can be found in it. */
const noise = (ms: number) =>
  Int16Array.from({ length: (ms * RATE) / 1000 }, (_, at) => 4_000 * Math.sin(at * at * 0.7));

function listen(sounds: readonly Int16Array[], endSilenceMs: number | null = 300): HeardEvent[] {
  const ear = createHeardUtterances({ heard: createHeardScript(SCRIPT), sampleRateHz: RATE, endSilenceMs });
  const joined = sounds.flatMap((sound) => [...sound]);
  const events: HeardEvent[] = [];
  for (let at = 0; at < joined.length; at += 333)
    events.push(...ear.push(Int16Array.from(joined.slice(at, at + 333))));
  return events;
}

const texts = (events: readonly HeardEvent[]) =>
  events.flatMap((event) => (event.type === 'ended' ? [event.text] : []));

describe('what simulated recognisers hear', () => {
  test('a tone is its sentence, at every rate', () => {
    for (const rate of [8_000, 16_000, 24_000, 44_100, 48_000]) {
      const heard = createHeardScript(SCRIPT);
      for (const index of [2, 0, 1]) {
        const [utterance] = utterancesIn(makeTone(index, 700, rate), { heard, sampleRateHz: rate });
        expect(utterance?.text).toBe(SCRIPT[index]);
      }
    }
  });

  test('other sound is the next sentence, and the script begins anew', () => {
    const said = [noise(600), silence(500), noise(600), silence(500), noise(600), silence(500), noise(400)];
    expect(texts(listen([...said, silence(500)]))).toEqual([...SCRIPT, SCRIPT[0]]);
  });

  test('an utterance starts, grows by words, and ends after its silence', () => {
    const events = listen([silence(200), makeTone(1, 1_000, RATE), silence(320)]);
    expect(events.map((event) => (event.type === 'words' ? event.words.length : event.type))).toEqual([
      'started',
      1,
      2,
      3,
      'ended',
    ]);
    expect(events.at(-1)).toMatchObject({ startMs: 200, endMs: 1_200, text: SCRIPT[1] });
  });

  test('the words of the end share its time', () => {
    const ended = listen([makeTone(0, 1_000, RATE), silence(400)]).at(-1);
    expect(ended).toMatchObject({
      words: [
        { text: 'zero', startMs: 0, endMs: 500 },
        { text: 'zero', startMs: 500, endMs: 1_000 },
      ],
    });
  });

  test('a click and soft noise are nothing', () => {
    expect(listen([makeTone(0, 20, RATE), silence(500)])).toEqual([]);
    expect(listen([makeTone(0, 900, RATE).map((sample) => sample / 200)])).toEqual([]);
  });

  test('without an end silence only a flush ends it, once', () => {
    const ear = createHeardUtterances({
      heard: createHeardScript(SCRIPT),
      sampleRateHz: RATE,
      endSilenceMs: null,
    });
    expect(texts(ear.push(makeTone(2, 400, RATE)))).toEqual([]);
    expect(texts(ear.push(silence(5_000)))).toEqual([]);
    expect(texts(ear.flush())).toEqual(['two two']);
    expect(ear.flush()).toEqual([]);
    expect(ear.positionMs).toBe(5_400);
  });
});

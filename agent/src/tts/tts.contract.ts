import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProviderError } from '../runtime/provider-error.ts';
import type { Tts, TtsEvent, TtsReply, WordMark } from './contract.ts';

/** What every voice promises, whatever makes its sound. */
export function describeTtsContract(
  name: string,
  options: {
    readonly create: () => Promise<Tts>;
    /** How many replies are spoken at once; a vendor in earnest has a limit by plan. Default: 20. */
    readonly atOnce?: number;
  },
): void {
  const { atOnce = 20 } = options;
  describe(`${name} keeps the contract of a voice:`, () => {
    let tts: Tts;
    beforeAll(async () => {
      tts = await options.create();
      await tts.warm();
    });
    afterAll(async () => {
      await tts.close();
      await tts.close();
    });

    const open = (signal = new AbortController().signal, voice = tts.voices[0] ?? '') =>
      tts.open({ voice, language: 'en', signal });

    const speak = async (texts: readonly string[]) => {
      const reply = open();
      for (const [index, text] of texts.entries()) reply.say({ segmentId: `s${index}`, text });
      reply.finish();
      return collect(reply);
    };

    it('a sentence is heard, its marks lie in order within its sound, and its end tells its length', async () => {
      const text = 'Hello there, you owe us $12.50 for the 2nd time.';
      const events = await speak([text]);
      const { durationMs, marks, peak } = summary(events, 's0');
      expect(durationMs).toBeGreaterThan(500);
      expect(durationMs).toBeLessThan(10_000);
      expect(peak).toBeGreaterThan(1_000);
      expect(marks.map((mark) => text.slice(mark.charStart, mark.charEnd))).toEqual(text.split(' '));
      expectMarksInOrder(marks, durationMs);
    });

    it('segments come out in the order in which they went in, each ended once and after its sound', async () => {
      const events = await speak(['One.', 'Two words.', '', 'And three more words.']);
      const ids = events.map((event) => event.segmentId);
      expect(ids).toEqual([...ids].sort());
      expect(events.filter((event) => event.type === 'segmentEnd').map((event) => event.segmentId)).toEqual([
        's0',
        's1',
        's2',
        's3',
      ]);
      for (const id of ['s0', 's1', 's2', 's3']) {
        const ofSegment = events.filter((event) => event.segmentId === id);
        expect(ofSegment.at(-1)?.type).toBe('segmentEnd');
        const { durationMs, marks } = summary(events, id);
        expectMarksInOrder(marks, durationMs);
      }
    });

    it('a word is marked before its sound is over', async () => {
      const events = await speak([
        'This sentence has quite a few words, which take their time to be said aloud.',
      ]);
      let givenMs = 0;
      let markedUntilMs = 0;
      for (const event of events) {
        if (event.type === 'words') {
          for (const mark of event.marks) expect(mark.endMs).toBeGreaterThanOrEqual(givenMs);
          markedUntilMs = event.marks.at(-1)?.endMs ?? markedUntilMs;
        }
        if (event.type === 'audio') givenMs += (event.samples.length * 1000) / event.sampleRateHz;
      }
      expect(givenMs - markedUntilMs).toBeLessThan(500);
    });

    it('blocks of sound own their memory and have the rate that the voice names', async () => {
      for (const event of await speak(['Good morning.'])) {
        if (event.type !== 'audio') continue;
        expect(event.samples.byteLength).toBe(event.samples.buffer.byteLength);
        expect(event.sampleRateHz).toBe(tts.sampleRateHz(tts.voices[0] ?? ''));
      }
    });

    it('a segment said while another sounds is taken', async () => {
      const reply = open();
      reply.say({ segmentId: 's0', text: 'First this.' });
      const ended: string[] = [];
      for await (const event of reply) {
        if (event.type !== 'segmentEnd') continue;
        ended.push(event.segmentId);
        if (ended.length === 1) reply.say({ segmentId: 's1', text: 'Then that.' });
        else reply.finish();
      }
      expect(ended).toEqual(['s0', 's1']);
    });

    it('tells for the bill no more characters than it was given', async () => {
      const text = 'How much is this, please?';
      const counted = (await speak([text])).flatMap((event) =>
        event.type === 'usage' ? [event.characters] : [],
      );
      const sum = counted.reduce((total, characters) => total + characters, 0);
      expect(sum).toBeGreaterThan(0);
      expect(sum).toBeLessThanOrEqual(text.length);
    });

    it('a reply without segments ends', async () => {
      expect(await speak([])).toEqual([]);
    });

    it.each(['', '   ', '...', '?!', '—', '😀🎉'])('%j has no sound and a duration of 0', async (text) => {
      const events = await speak([text]);
      expect(events).toEqual([{ type: 'segmentEnd', segmentId: 's0', durationMs: 0 }]);
    });

    it.each([
      '-t --help -o /etc/passwd',
      '$(reboot); `ls` && rm -rf / | cat < /etc/passwd',
      '<speak><b>bold</b> &amp; "quoted" *starred* [link](https://example.com/?a=1&b=2)</speak>',
      'naïve café, Zoë — “quoted” … 5 € or £3; 你好 hello Привет 😀 \u0000\u0007\u001b[31m',
      `${'never ending words '.repeat(15)}.`,
      `a${'b'.repeat(250)}`,
      '1234567890'.repeat(4),
      '%s%n%d {{name}} \\n \\0 ~^_|}{',
    ])('%j is spoken without harm', async (text) => {
      const events = await speak([text]);
      const { durationMs, marks } = summary(events, 's0');
      expect(durationMs).toBeGreaterThan(0);
      expectMarksInOrder(marks, durationMs);
      expect(marks.at(-1)?.charEnd ?? 0).toBeLessThanOrEqual(text.length);
    });

    it('abort ends the iteration at once and without a throw', async () => {
      const controller = new AbortController();
      const reply = open(controller.signal);
      reply.say({ segmentId: 's0', text: 'This will never be heard to its end, '.repeat(20) });
      const iterator = reply[Symbol.asyncIterator]();
      expect((await iterator.next()).done).toBe(false);
      const waiting = iterator.next().then(() => iterator.next());
      controller.abort(new Error('interrupted'));
      await waiting;
      expect((await iterator.next()).done).toBe(true);
      reply.say({ segmentId: 's1', text: 'Too late.' });
      reply.finish();
    });

    it('a reply that was aborted before it began gives nothing', async () => {
      const reply = open(AbortSignal.abort(new Error('interrupted')));
      reply.say({ segmentId: 's0', text: 'Nothing.' });
      expect(await collect(reply)).toEqual([]);
    });

    it('abort of one reply leaves the others whole', async () => {
      const controller = new AbortController();
      const cut = open(controller.signal);
      cut.say({ segmentId: 's0', text: 'Cut this sentence off.' });
      const cutEvents = collect(cut);
      const whole = speak(['Keep this sentence.']);
      controller.abort(new Error('interrupted'));
      await cutEvents;
      expect(summary(await whole, 's0').durationMs).toBeGreaterThan(250);
    });

    it(`${atOnce} replies at once are all whole`, async () => {
      const replies = Array.from({ length: atOnce }, (_, index) => speak([`This is reply number ${index}.`]));
      for (const events of await Promise.all(replies)) {
        const { durationMs, marks } = summary(events, 's0');
        expect(durationMs).toBeGreaterThan(250);
        expect(marks).toHaveLength(5);
      }
    });

    it('an unknown voice is a bad request that names the known ones', () => {
      const fault = expect.objectContaining({
        code: 'bad_request',
        message: expect.stringContaining(tts.voices[0] ?? ''),
      });
      expect(() => tts.sampleRateHz('nobody')).toThrow(fault);
      expect(() => open(undefined, 'nobody')).toThrow(fault);
      expect(() => tts.sampleRateHz('toString')).toThrow(ProviderError);
    });

    it('close ends open replies, may be asked for twice, and nothing opens after it', async () => {
      const closing = await options.create();
      const reply = closing.open({
        voice: closing.voices[0] ?? '',
        language: 'en',
        signal: new AbortController().signal,
      });
      reply.say({ segmentId: 's0', text: 'Closed in mid-sentence.' });
      const events = collect(reply);
      await Promise.all([closing.close(), closing.close()]);
      await events;
      const later = () =>
        closing.open({
          voice: closing.voices[0] ?? '',
          language: 'en',
          signal: new AbortController().signal,
        });
      expect(later).toThrow(expect.objectContaining({ code: 'unavailable' }));
    });
  });
}

function summary(events: readonly TtsEvent[], segmentId: string) {
  const ofSegment = events.filter((event) => event.segmentId === segmentId);
  const marks = ofSegment.flatMap((event) => (event.type === 'words' ? event.marks : []));
  const end = ofSegment.find((event) => event.type === 'segmentEnd');
  let soundMs = 0;
  let peak = 0;
  for (const event of ofSegment) {
    if (event.type !== 'audio') continue;
    soundMs += (event.samples.length * 1000) / event.sampleRateHz;
    for (const sample of event.samples) peak = Math.max(peak, Math.abs(sample));
  }
  const durationMs = end?.type === 'segmentEnd' ? end.durationMs : Number.NaN;
  expect(durationMs).toBeCloseTo(soundMs, 3);
  return { durationMs, marks, peak };
}

function expectMarksInOrder(marks: readonly WordMark[], durationMs: number): void {
  let charEnd = 0;
  let endMs = 0;
  for (const mark of marks) {
    expect(mark.charStart).toBeGreaterThanOrEqual(charEnd);
    expect(mark.charEnd).toBeGreaterThan(mark.charStart);
    expect(mark.startMs).toBeGreaterThanOrEqual(endMs);
    expect(mark.endMs).toBeGreaterThanOrEqual(mark.startMs);
    expect(mark.endMs).toBeLessThanOrEqual(durationMs + 0.001);
    charEnd = mark.charEnd;
    endMs = mark.endMs;
  }
}

async function collect(reply: TtsReply): Promise<readonly TtsEvent[]> {
  const events: TtsEvent[] = [];
  for await (const event of reply) events.push(event);
  return events;
}

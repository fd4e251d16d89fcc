import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createProviderHealth } from '../runtime/provider-health.ts';
import type { Switched } from '../runtime/provider-order.ts';
import type { VendorFault } from '../runtime/testing/vendor-faults.ts';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import type { Tts, TtsEvent } from './contract.ts';
import { createCachedTts } from './pcm-cache.ts';
import { createSwitchedTts } from './switched.ts';
import { createCountingVoice, WORD_MS, wordsHeard } from './testing/counting-voice.ts';

const log = pino({ level: 'silent' });
const FIRST_SOUND_MS = 2_000;

type VoiceOptions = Omit<Parameters<typeof createCountingVoice>[0], 'name' | 'id' | 'clock'>;

function setUp(first: VoiceOptions = {}, second: VoiceOptions | null = {}) {
  const clock = createVirtualClock();
  const switched: Switched[] = [];
  const voices = [first, ...(second === null ? [] : [second])].map((options, index) =>
    createCountingVoice({ ...options, name: index === 0 ? 'a' : 'b', id: index + 1, clock }),
  );
  const health = createProviderHealth({ clock });
  const candidateOf = (tts: Tts) => ({
    stage: tts,
    baseUrl: 'http://vendor',
    key: null,
    voice: `voice-${tts.provider}`,
  });
  const [a, b] = voices;
  if (a === undefined) throw new Error('no voice');
  const tts = createSwitchedTts({
    order: [candidateOf(a.tts), ...(b === undefined ? [] : [candidateOf(b.tts)])],
    health,
    clock,
    log,
    onSwitched: (event) => switched.push(event),
  });
  /** A reply whose events are read as they come. */
  const open = (signal = new AbortController().signal) => {
    const reply = tts.open({ voice: 'voice-a', language: 'en', signal });
    const given: { readonly atMs: number; readonly event: TtsEvent }[] = [];
    const outcome: { end: unknown } = { end: 'running' };
    const read = async () => {
      try {
        for await (const event of reply) given.push({ atMs: clock.nowMs(), event });
        outcome.end = 'ended';
      } catch (error) {
        outcome.end = error;
      }
    };
    void read();
    let nextId = 0;
    return {
      outcome,
      say: (...texts: string[]) => {
        for (const text of texts) reply.say({ segmentId: `s${nextId++}`, text });
      },
      finish: () => reply.finish(),
      get events() {
        return given.map(({ event }) => event);
      },
      /** `a1 b2`: who said which word whole; a part of a word has `~`. */
      get heard() {
        return wordsHeard(given.map(({ event }) => event))
          .map(({ id, word, ms }) => `${id === 1 ? 'a' : 'b'}${word}${ms < WORD_MS ? '~' : ''}`)
          .join(' ');
      },
      get ends() {
        return given.flatMap(({ event }) =>
          event.type === 'segmentEnd' ? [[event.segmentId, event.durationMs]] : [],
        );
      },
      /** Longest time without sound to hear, once the first has come, by when sound came and how long it lasts. */
      get longestPauseMs() {
        let dryAtMs: number | null = null;
        let longestMs = 0;
        for (const { atMs, event } of given) {
          if (event.type !== 'audio') continue;
          if (dryAtMs !== null) longestMs = Math.max(longestMs, atMs - dryAtMs);
          dryAtMs = Math.max(dryAtMs ?? 0, atMs) + (event.samples.length * 1000) / event.sampleRateHz;
        }
        return longestMs;
      },
    };
  };
  return { clock, tts, open, switched, a, b: b ?? a };
}

const A_TO_B = { stage: 'tts', from: { provider: 'a', model: 'a-1' }, to: { provider: 'b', model: 'b-1' } };

describe('voices behind one', () => {
  it('the first speaks, and nobody else is asked', async () => {
    const { clock, open, switched, a, b } = setUp();
    const reply = open();
    reply.say('1 2 3.', '4 5.');
    reply.finish();
    await clock.advance(2_000);
    expect(reply.heard).toBe('a1 a2 a3 a4 a5');
    expect(reply.ends).toEqual([
      ['s0', 600],
      ['s1', 400],
    ]);
    expect(reply.outcome.end).toBe('ended');
    expect([a.log.replies.length, b.log.replies.length, a.log.running]).toEqual([1, 0, 0]);
    expect(switched).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('one that cannot be opened is followed at once', async () => {
    const { clock, open, switched } = setUp({ faults: [{ kind: 'refused', code: 'auth' }] });
    const reply = open();
    reply.say('1 2.');
    reply.finish();
    await clock.advance(1_000);
    expect(reply.heard).toBe('b1 b2');
    expect(switched).toEqual([{ ...A_TO_B, cause: 'failed', code: 'auth' }]);
  });

  it('one that gives no sound is given up after its deadline, and stopped at its vendor', async () => {
    const { clock, open, a, switched } = setUp({ faults: [{ kind: 'hang', afterEvents: 1 }] });
    const reply = open();
    reply.say('1 2.');
    reply.finish();
    await clock.advance(FIRST_SOUND_MS - 1);
    expect(switched).toEqual([]);
    await clock.advance(200);
    expect(a.log.running).toBe(0);
    await clock.advance(1_000);
    expect(reply.heard).toBe('b1 b2');
    expect(switched).toEqual([{ ...A_TO_B, cause: 'failed', code: 'timeout' }]);
  });

  // Usage, marks, and the blocks of 50 ms of two and a half words.
  const MID_WORD = 2 + 10;

  it('one that is cut off in mid-sentence is followed after its last whole word', async () => {
    const cut: VendorFault = { kind: 'cut', afterEvents: MID_WORD, code: 'unavailable' };
    const { clock, open, b } = setUp({ faults: [cut] });
    const reply = open();
    reply.say('1 2 3, 4 5.', '6.');
    reply.finish();
    await clock.advance(3_000);
    expect(reply.heard).toBe('a1 a2 a3~ b3 b4 b5 b6');
    expect(b.log.replies).toEqual([['3, 4 5.', '6.']]);
    expect(reply.ends).toEqual([
      ['s0', 500 + 600],
      ['s1', 200],
    ]);
    expect(reply.longestPauseMs).toBeLessThanOrEqual(1_200);
  });

  it.each([
    { title: 'faster than it sounds', blockEveryMs: 10 },
    { title: 'just as fast as it sounds', blockEveryMs: 50 },
  ])(
    'one that falls silent in mid-sentence, having come $title, is a pause of 1.2 s at the most',
    async ({ blockEveryMs }) => {
      const hang: VendorFault = { kind: 'hang', afterEvents: MID_WORD };
      const { clock, open, a } = setUp({ faults: [hang], blockEveryMs });
      const reply = open();
      reply.say('1 2 3 4 5 6 7.');
      reply.finish();
      await clock.advance(10_000);
      expect(reply.heard).toBe('a1 a2 a3~ b3 b4 b5 b6 b7');
      expect(reply.longestPauseMs).toBeLessThanOrEqual(1_200);
      expect(a.log.running).toBe(0);
    },
  );

  it('one that falls silent between two segments is followed from the second on', async () => {
    // Usage, marks, the blocks of two words and the end of the first segment.
    const { clock, open, a } = setUp({ faults: [{ kind: 'hang', afterEvents: 3 + 8 }] });
    const reply = open();
    reply.say('1 2.');
    await clock.advance(30_000);
    expect(a.log.running).toBe(1);
    reply.say('3 4.');
    reply.finish();
    await clock.advance(FIRST_SOUND_MS + 1_000);
    expect(reply.heard).toBe('a1 a2 b3 b4');
    expect(reply.outcome.end).toBe('ended');
  });

  it('who comes next begins before long sound that was given runs out', async () => {
    const hang: VendorFault = { kind: 'hang', afterEvents: 2 + 4 * 20 };
    const { clock, open } = setUp({ faults: [hang], blockEveryMs: 1 });
    const reply = open();
    reply.say(`${Array.from({ length: 30 }, (_, index) => index + 1).join(' ')}.`);
    reply.finish();
    await clock.advance(10_000);
    expect(reply.heard.split(' ')).toHaveLength(30);
    expect(reply.longestPauseMs).toBe(0);
  });

  it('marks tell the places and times of the whole segment, and nothing of words that were not given', async () => {
    const cut: VendorFault = { kind: 'cut', afterEvents: MID_WORD, code: 'unavailable' };
    const { clock, open } = setUp({ faults: [cut] });
    const reply = open();
    const text = '1 2 3 4 5.';
    reply.say(text);
    reply.finish();
    await clock.advance(3_000);
    const marks = reply.events.flatMap((event) => (event.type === 'words' ? event.marks : []));
    expect(
      marks.map(({ charStart, charEnd, startMs, endMs }) => [text.slice(charStart, charEnd), startMs, endMs]),
    ).toEqual([
      ['1', 0, 200],
      ['2', 200, 400],
      ['3', 400, 600],
      ['3', 500, 700],
      ['4', 700, 900],
      ['5.', 900, 1_100],
    ]);
  });

  it('a word whose time was estimated is rather said twice than left out', async () => {
    const cut: VendorFault = { kind: 'cut', afterEvents: MID_WORD, code: 'unavailable' };
    const { clock, open } = setUp({ faults: [cut], isEstimating: true });
    const reply = open();
    reply.say('1 2 3 4.');
    reply.finish();
    await clock.advance(3_000);
    expect(reply.heard).toBe('a1 a2 a3~ b2 b3 b4');
  });

  it('a segment whose last word was given is over, though its voice did not say so', async () => {
    const cut: VendorFault = { kind: 'cut', afterEvents: 2 + 8, code: 'unavailable' };
    const { clock, open, b } = setUp({ faults: [cut] });
    const reply = open();
    reply.say('1 2.', '3.');
    reply.finish();
    await clock.advance(3_000);
    expect(reply.heard).toBe('a1 a2 b3');
    expect(b.log.replies).toEqual([['3.']]);
    expect(reply.ends).toEqual([
      ['s0', 400],
      ['s1', 200],
    ]);
  });

  it('a lone voice that is cut off is asked once more', async () => {
    const cut: VendorFault = { kind: 'cut', afterEvents: MID_WORD, code: 'unavailable' };
    const { clock, open, a, switched } = setUp({ faults: [cut] }, null);
    const reply = open();
    reply.say('1 2 3 4.');
    reply.finish();
    await clock.advance(3_000);
    expect(reply.heard).toBe('a1 a2 a3 a4');
    expect(a.log.replies).toEqual([['1 2 3 4.'], ['3 4.']]);
    expect(switched).toEqual([]);
  });

  it('a lone voice is waited for half as long again, at every segment', async () => {
    const { clock, open } = setUp({ firstSoundMs: 1.5 * FIRST_SOUND_MS - 1 }, null);
    const reply = open();
    reply.say('1.', '2.', '3.');
    reply.finish();
    await clock.advance(20_000);
    expect(reply.heard).toBe('a1 a2 a3');
  });

  it('where all fail, the last failure is thrown with what each said', async () => {
    const { clock, open } = setUp(
      { faults: [{ kind: 'refused', code: 'auth' }] },
      { faults: [{ kind: 'refused', code: 'rate_limit' }] },
    );
    const reply = open();
    reply.say('1.');
    await clock.advance(3_000);
    expect(reply.outcome.end).toMatchObject({
      code: 'rate_limit',
      message: 'everybody failed: a: simulated auth; b: simulated rate_limit',
    });
    expect(clock.pendingTimers).toBe(0);
  });

  it('who took over speaks the next reply too', async () => {
    const { clock, open, tts } = setUp({ faults: [{ kind: 'refused', code: 'unavailable' }] });
    open().say('1.');
    await clock.advance(1_000);
    const second = open();
    second.say('2.');
    await clock.advance(1_000);
    expect(second.heard).toBe('b2');
    expect(tts).toMatchObject({ provider: 'b', voices: ['voice-b', 'voice-a'] });
  });

  it('one that is lost while it owes nothing is asked again, by the same voice', async () => {
    // After the bill, the marks, eight blocks of sound and the end: the vendor closes what nobody speaks on.
    const lost: VendorFault = { kind: 'cut', afterEvents: 11, code: 'unavailable' };
    const { clock, open, switched, a, b } = setUp({ faults: [lost] });
    const reply = open();
    reply.say('1 2.');
    await clock.advance(3_000);
    expect(a.log.running).toBe(0);
    reply.say('3.');
    reply.finish();
    await clock.advance(3_000);
    expect(reply.heard).toBe('a1 a2 a3');
    expect(reply.outcome.end).toBe('ended');
    expect([a.log.replies.length, b.log.replies.length, switched]).toEqual([2, 0, []]);
  });

  it('tells whose bill each segment is on', async () => {
    const cut: VendorFault = { kind: 'cut', afterEvents: MID_WORD, code: 'unavailable' };
    const { clock, open } = setUp({ faults: [cut] });
    const reply = open();
    reply.say('1 2 3 4.');
    reply.finish();
    await clock.advance(3_000);
    const bills = reply.events.flatMap((event) =>
      event.type === 'usage' ? [[event.provider, event.characters]] : [],
    );
    expect(bills).toEqual([
      ['a', 8],
      ['b', 4],
    ]);
  });
});

describe('another voice asked for', () => {
  it('speaks from the next sentence on, in the reply that sounds', async () => {
    const { clock, open, tts, switched, a, b } = setUp({}, { sampleRateHz: 16_000 });
    const reply = open();
    reply.say('1 2,', '3 4.', '5 6.');
    reply.finish();
    await clock.advance(120);
    tts.use('b', 'asked');
    await clock.advance(3_000);
    expect(reply.heard).toBe('a1 a2 a3 a4 b5 b6');
    expect(reply.outcome.end).toBe('ended');
    expect(b.log.replies).toEqual([['5 6.']]);
    expect(a.log.running).toBe(0);
    expect(switched).toEqual([{ ...A_TO_B, cause: 'asked', code: null }]);
    const rates = reply.events.flatMap((event) => (event.type === 'audio' ? [event.sampleRateHz] : []));
    expect([...new Set(rates)]).toEqual([8_000, 16_000]);
  });

  it('speaks what is said later, where nothing waits', async () => {
    const { clock, open, tts } = setUp();
    const reply = open();
    reply.say('1 2.');
    await clock.advance(50);
    tts.use('b', 'rule');
    await clock.advance(3_000);
    reply.say('3.');
    await clock.advance(3_000);
    expect(reply.heard).toBe('a1 a2 b3');
  });

  it('speaks what is said later, where it is asked for between two sentences', async () => {
    const { clock, open, tts, a, b } = setUp();
    const reply = open();
    reply.say('1 2.');
    await clock.advance(3_000);
    tts.use('b', 'asked');
    reply.say('3.', '4.');
    reply.finish();
    await clock.advance(3_000);
    expect(reply.heard).toBe('a1 a2 b3 b4');
    expect(reply.outcome.end).toBe('ended');
    expect([a.log.running, b.log.replies.length]).toEqual([0, 1]);
  });

  it('does not speak the rest of a sentence', async () => {
    const { clock, open, tts } = setUp();
    const reply = open();
    reply.say('1 2,');
    await clock.advance(3_000);
    tts.use('b', 'asked');
    reply.say('3.', '4.');
    reply.finish();
    await clock.advance(3_000);
    expect(reply.heard).toBe('a1 a2 a3 b4');
  });
});

describe('lines that are ready', () => {
  it('are heard when every voice is down, from whoever has them', async () => {
    const clock = createVirtualClock();
    const down: VendorFault[] = Array.from({ length: 9 }, () => ({ kind: 'refused', code: 'unavailable' }));
    const [a, b] = ['a', 'b'].map((name, index) => {
      const faults: VendorFault[] = name === 'a' ? [...down] : [{ kind: 'none' }, ...down];
      const voice = createCountingVoice({ name, id: index + 1, clock, faults });
      const tts = createCachedTts({ tts: voice.tts, log });
      return { candidate: { stage: tts, baseUrl: 'http://vendor', key: null, voice: `voice-${name}` }, tts };
    });
    if (a === undefined || b === undefined) throw new Error('no voices');
    const preloading = b.tts.preload(['9 9 9.'], { voice: 'voice-b', language: 'en' });
    await clock.advance(1_000);
    await preloading;
    const switched: Switched[] = [];
    const tts = createSwitchedTts({
      order: [a.candidate, b.candidate],
      health: createProviderHealth({ clock }),
      clock,
      log,
      onSwitched: (event) => switched.push(event),
    });
    const say = async (text: string) => {
      const events: TtsEvent[] = [];
      const reply = tts.open({ voice: 'voice-a', language: 'en', signal: new AbortController().signal });
      reply.say({ segmentId: 's0', text });
      reply.finish();
      const read = async () => {
        for await (const event of reply) events.push(event);
      };
      const reading = read().then(
        () => 'ended',
        (error: unknown) => error,
      );
      await clock.advance(5_000);
      return { end: await reading, heard: wordsHeard(events) };
    };
    expect((await say('1 2 3.')).end).toMatchObject({ code: 'unavailable' });
    const apology = await say('9 9 9.');
    expect(apology).toMatchObject({ end: 'ended', heard: [{ id: 2, word: 9, ms: 3 * WORD_MS }] });
  });
});

describe('abort and close', () => {
  it('abort ends the reply without a throw and stops its voice', async () => {
    const { clock, open, a } = setUp();
    const controller = new AbortController();
    const reply = open(controller.signal);
    reply.say('1 2 3 4 5.');
    await clock.advance(200);
    controller.abort(new Error('interrupted'));
    await clock.advance(0);
    expect(reply.outcome.end).toBe('ended');
    expect(a.log.running).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it('closing ends open replies, and nothing opens after it', async () => {
    const { clock, open, tts, a } = setUp();
    const reply = open();
    reply.say('1 2 3 4 5.');
    await clock.advance(200);
    await tts.close();
    await tts.close();
    await clock.advance(0);
    expect(reply.outcome.end).toBe('ended');
    expect(a.log.running).toBe(0);
    expect(() => open()).toThrow(expect.objectContaining({ code: 'unavailable' }));
  });

  it('a voice that nobody has is a bad request that names the known ones', () => {
    const { tts } = setUp();
    expect(() => tts.sampleRateHz('nobody')).toThrow(/voice-a, voice-b/);
    expect(tts.sampleRateHz('voice-b')).toBe(8_000);
  });
});

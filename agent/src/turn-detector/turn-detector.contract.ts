import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EndOfTurn, type EndOfTurnEar, TURN_SAMPLE_RATE_HZ, type TurnScore } from './contract.ts';

const FRAME_SAMPLES = 512;
const SILENCE = new Int16Array(2 * TURN_SAMPLE_RATE_HZ);
const never = new AbortController().signal;

/** What is said, as sound and as text. */
export interface SaidTurn {
  /** 16 kHz, from the first sound of speech to its last; whole tens of ms. */
  readonly samples: Int16Array;
  readonly text: string;
}

/** What every end-of-turn provider promises. */
export function describeEndOfTurnContract(
  name: string,
  options: {
    readonly create: () => Promise<EndOfTurn>;
    /** A turn in English that is over, and one that stops in the middle of a sentence. */
    readonly turns: () => Promise<{ readonly finished: SaidTurn; readonly unfinished: SaidTurn }>;
  },
): void {
  describe(`${name} keeps the contract of end-of-turn detection:`, () => {
    let detector: EndOfTurn;
    let finished: SaidTurn;
    let unfinished: SaidTurn;
    beforeAll(async () => {
      [detector, { finished, unfinished }] = await Promise.all([options.create(), options.turns()]);
      await detector.warm();
    });
    afterAll(async () => {
      await detector.close();
      await detector.close();
    });
    const open = () => detector.openEar({ language: 'en-US' });
    const scoreOf = async (turn: SaidTurn) => {
      const ear = open();
      hear(ear, turn);
      const score = await ear.score({ text: turn.text, signal: never });
      ear.close();
      return score;
    };

    it('a finished turn is more likely over than an unfinished one, where there is something to judge by', async () => {
      const [over, goesOn] = [
        probabilityOf(await scoreOf(finished)),
        probabilityOf(await scoreOf(unfinished)),
      ];
      if (detector.capabilities.input === 'none') expect([over, goesOn]).toEqual([0.5, 0.5]);
      else expect(over - goesOn).toBeGreaterThan(0.3);
    });

    it('a probability lies between 0 and 1, also where nothing was heard', async () => {
      for (const turn of [
        finished,
        unfinished,
        { samples: SILENCE, text: '' },
        { samples: SILENCE.slice(0, 0), text: '' },
      ]) {
        const probability = probabilityOf(await scoreOf(turn));
        expect(probability).toBeGreaterThanOrEqual(0);
        expect(probability).toBeLessThanOrEqual(1);
      }
    });

    it('the same turn has the same score, in whatever blocks it came and whatever others say meanwhile', async () => {
      const alone = await scoreOf(finished);
      const [whole, other] = [open(), open()];
      whole.push({ samples: finished.samples, isSpeech: true });
      whole.push({ samples: SILENCE.slice(0, 1_600), isSpeech: false });
      hear(other, unfinished);
      const scores = [other, whole].map((ear, index) =>
        ear.score({ text: [unfinished, finished][index]?.text ?? '', signal: never }),
      );
      const [, again] = await Promise.all(scores);
      expect(probabilityOf(again as TurnScore)).toBeCloseTo(probabilityOf(alone), 5);
    });

    it('what was heard before a turn ended is no part of the next', async () => {
      const ear = open();
      hear(ear, unfinished);
      ear.endTurn();
      ear.push({ samples: SILENCE, isSpeech: false });
      hear(ear, finished);
      const fresh = open();
      fresh.push({ samples: SILENCE, isSpeech: false });
      hear(fresh, finished);
      const scores = [ear, fresh].map((each) => each.score({ text: finished.text, signal: never }));
      const [after, alone] = await Promise.all(scores);
      expect(probabilityOf(after as TurnScore)).toBeCloseTo(probabilityOf(alone as TurnScore), 5);
    });

    it('a language that it does not know is no error', async () => {
      const ear = detector.openEar({ language: 'tlh' });
      hear(ear, finished);
      expect((await ear.score({ text: finished.text, signal: never })).kind).toBe('scored');
    });

    it('an aborted question rejects with its reason, and the next is answered', async () => {
      const ear = open();
      hear(ear, finished);
      const asking = new AbortController();
      asking.abort(new Error('not needed'));
      await expect(ear.score({ text: finished.text, signal: asking.signal })).rejects.toThrow('not needed');
      expect((await ear.score({ text: finished.text, signal: never })).kind).toBe('scored');
    });

    it('of two questions of an ear the newer is answered, and speech leaves none unsettled', async () => {
      const ear = open();
      hear(ear, finished);
      const older = ear.score({ text: finished.text, signal: never });
      const newer = ear.score({ text: finished.text, signal: never });
      expect((await newer).kind).toBe('scored');
      await older;
      const unanswered = ear.score({ text: finished.text, signal: never });
      ear.push({ samples: finished.samples.slice(0, FRAME_SAMPLES), isSpeech: true });
      await unanswered;
      ear.close();
      ear.close();
    });

    it('after close a question is refused or unsure, and none is left open', async () => {
      const closing = await options.create();
      const ear = closing.openEar({ language: 'en-US' });
      hear(ear, finished);
      const asked = ear.score({ text: finished.text, signal: never }).catch((error: unknown) => error);
      await closing.close();
      await asked;
      if (closing.capabilities.input !== 'audio') return;
      await expect(ear.score({ text: finished.text, signal: never })).rejects.toMatchObject({
        code: 'unavailable',
      });
    });
  });
}

/** Speech in frames as an ear gives them on, then the 96 ms of silence after which the gate closes. */
function hear(ear: EndOfTurnEar, { samples }: SaidTurn): void {
  for (let start = 0; start < samples.length; start += FRAME_SAMPLES) {
    ear.push({ samples: samples.subarray(start, start + FRAME_SAMPLES), isSpeech: true });
  }
  ear.push({ samples: SILENCE.slice(0, 1_600), isSpeech: false });
}

function probabilityOf(score: TurnScore): number {
  if (score.kind !== 'scored') throw new Error('the question was overtaken');
  return score.probability;
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VAD_FRAME_SAMPLES, type Vad, type VadEar } from './contract.ts';

/** What every voice activity detector promises. */
export function describeVadContract(
  name: string,
  options: {
    readonly create: () => Promise<Vad>;
    /** A spoken sentence at 16 kHz, beginning and ending with speech. */
    readonly speech: () => Promise<Int16Array>;
  },
): void {
  describe(`${name} keeps the contract of a voice activity detector:`, () => {
    let vad: Vad;
    let speech: Int16Array;
    beforeAll(async () => {
      [vad, speech] = await Promise.all([options.create(), options.speech()]);
    });
    afterAll(async () => {
      await vad.close();
      await vad.close();
    });

    it('speech is speech', async () => {
      const probabilities = await judge(vad.openEar(), speech);
      expect(share(probabilities)).toBeGreaterThan(0.7);
      expect(Math.max(...probabilities)).toBeGreaterThan(0.9);
    });

    it('speech begins within three frames of its first sound', async () => {
      const silence = new Int16Array(10 * VAD_FRAME_SAMPLES);
      const probabilities = await judge(vad.openEar(), join(silence, speech));
      const first = probabilities.findIndex((probability) => probability >= 0.5);
      expect(first).toBeGreaterThanOrEqual(10);
      expect(first).toBeLessThanOrEqual(13);
    });

    it('quiet speech is speech', async () => {
      expect(share(await judge(vad.openEar(), scaled(speech, 0.05)))).toBeGreaterThan(0.5);
    });

    it('silence is not', async () => {
      expect(share(await judge(vad.openEar(), new Int16Array(100 * VAD_FRAME_SAMPLES)))).toBe(0);
    });

    it('noise is not', async () => {
      expect(share(await judge(vad.openEar(), noise(200, 2_000)))).toBeLessThan(0.05);
    });

    it('a tone is not', async () => {
      expect(share(await judge(vad.openEar(), tone(200, 440)))).toBeLessThan(0.05);
    });

    it('silence after speech is silence again within five frames', async () => {
      const after = new Int16Array(20 * VAD_FRAME_SAMPLES);
      const probabilities = await judge(vad.openEar(), join(speech, after));
      const speechFrames = Math.ceil(speech.length / VAD_FRAME_SAMPLES);
      expect(share(probabilities.slice(speechFrames + 5))).toBe(0);
    });

    it('two ears at once hear what each hears alone', async () => {
      const alone = await judge(vad.openEar(), speech);
      const [again, quiet] = await Promise.all([
        judge(vad.openEar(), speech),
        judge(vad.openEar(), new Int16Array(speech.length)),
      ]);
      expect(again).toEqual(alone);
      expect(share(quiet)).toBe(0);
    });

    it('frames are taken in the order of the calls, awaited or not', async () => {
      const awaited = await judge(vad.openEar(), speech);
      const ear = vad.openEar();
      expect(await Promise.all(frames(speech).map((frame) => ear.process(frame)))).toEqual(awaited);
    });

    it('an ear that was reset hears like a new one', async () => {
      const ear = vad.openEar();
      await judge(ear, speech);
      ear.reset();
      expect(await judge(ear, speech)).toEqual(await judge(vad.openEar(), speech));
    });

    it('a frame of another length is refused and spoils nothing', async () => {
      const ear = vad.openEar();
      for (const length of [0, 1, VAD_FRAME_SAMPLES - 1, 2 * VAD_FRAME_SAMPLES]) {
        await expect(ear.process(new Int16Array(length))).rejects.toMatchObject({ code: 'bad_request' });
      }
      expect(await judge(ear, speech)).toEqual(await judge(vad.openEar(), speech));
    });

    it('the caller may use its frame again', async () => {
      const ear = vad.openEar();
      const frame = new Int16Array(VAD_FRAME_SAMPLES);
      const probabilities: number[] = [];
      for (const next of frames(speech)) {
        frame.set(next);
        probabilities.push(await ear.process(frame));
      }
      expect(probabilities).toEqual(await judge(vad.openEar(), speech));
    });

    it('after close an ear is told so', async () => {
      const closing = await options.create();
      const ear = closing.openEar();
      await closing.close();
      await expect(ear.process(new Int16Array(VAD_FRAME_SAMPLES))).rejects.toMatchObject({
        code: 'unavailable',
      });
    });
  });
}

async function judge(ear: VadEar, samples: Int16Array): Promise<number[]> {
  const probabilities: number[] = [];
  for (const frame of frames(samples)) probabilities.push(await ear.process(frame));
  return probabilities;
}

function frames(samples: Int16Array): Int16Array[] {
  const count = Math.floor(samples.length / VAD_FRAME_SAMPLES);
  return Array.from({ length: count }, (_, index) =>
    samples.slice(index * VAD_FRAME_SAMPLES, (index + 1) * VAD_FRAME_SAMPLES),
  );
}

function share(probabilities: readonly number[]): number {
  return probabilities.filter((probability) => probability >= 0.5).length / Math.max(1, probabilities.length);
}

function join(...parts: readonly Int16Array[]): Int16Array {
  return Int16Array.from(parts.flatMap((part) => [...part]));
}

function scaled(samples: Int16Array, gain: number): Int16Array {
  return samples.map((sample) => Math.round(sample * gain));
}

/** White noise from a fixed seed. */
function noise(frameCount: number, peak: number): Int16Array {
  let seed = 1;
  return Int16Array.from({ length: frameCount * VAD_FRAME_SAMPLES }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.round((seed / 1_073_741_824 - 1) * peak);
  });
}

function tone(frameCount: number, hz: number): Int16Array {
  const length = frameCount * VAD_FRAME_SAMPLES;
  return Int16Array.from({ length }, (_, index) => 8_000 * Math.sin((2 * Math.PI * hz * index) / 16_000));
}

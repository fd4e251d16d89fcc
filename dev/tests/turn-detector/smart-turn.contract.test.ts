import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVirtualClock } from '@parley/agent/runtime/virtual-clock';
import { openEndOfTurn } from '@parley/agent/turn-detector/open-end-of-turn';
import { createSmartTurn } from '@parley/agent/turn-detector/smart-turn';
import { describeEndOfTurnContract } from '@parley/agent/turn-detector/turn-detector.contract';
import { pino } from 'pino';
import { afterAll, describe, expect, it } from 'vitest';
import { readReference } from './reference.ts';
import { spokenTurns } from './spoken-turns.ts';
import { SYNTHETIC_SOUNDS } from './synthetic-sounds.ts';
import { fetchTestModel } from './test-model.ts';

/** Time stands still, so that a busy machine is never too late. */
const clock = createVirtualClock();
const log = pino({ level: 'silent' });
const never = new AbortController().signal;

/** Arithmetic in 8 bits differs a little from one kind of processor to another. */
const TOLERANCE = 0.03;

const model = await fetchTestModel();
if (model.kind === 'missed') {
  it('Smart Turn is not tested: its file cannot be had', ({ skip }) => skip(model.why));
} else {
  describeEndOfTurnContract('Smart Turn v3.2', {
    create: () => createSmartTurn({ modelFile: model.path, clock, log }),
    turns: spokenTurns,
  });

  describe('Smart Turn v3.2', async () => {
    const detector = await createSmartTurn({ modelFile: model.path, clock, log });
    const reference = await readReference();
    afterAll(() => detector.close());

    it.each(SYNTHETIC_SOUNDS)(
      'thinks of the sound "$name" as the reference does',
      async ({ name, samples }) => {
        const ear = detector.openEar({ language: 'en' });
        ear.push({ samples, isSpeech: true });
        const score = await ear.score({ text: '', signal: never });
        expect(score).toEqual({ kind: 'scored', probability: expect.any(Number) });
        if (score.kind === 'scored') {
          expect(Math.abs(score.probability - reference.sounds[name].probability)).toBeLessThan(TOLERANCE);
        }
      },
    );

    it('drops an answer that speech overtook, and judges again at the next pause', async () => {
      const ear = detector.openEar({ language: 'en' });
      const { unfinished, finished } = await spokenTurns();
      ear.push({ samples: unfinished.samples, isSpeech: true });
      const early = ear.score({ text: '', signal: never });
      ear.push({ samples: finished.samples, isSpeech: true });
      expect(await early).toEqual({ kind: 'overtaken' });
      expect(await ear.score({ text: '', signal: never })).toMatchObject({ kind: 'scored' });
    });
  });
}

describe('a file that is no model', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-turn-model-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is a ProviderError, and every pause of its calls is unsure', async () => {
    const modelFile = join(folder, 'smart-turn.onnx');
    writeFileSync(modelFile, 'no model');
    const alone = await createSmartTurn({ modelFile, clock, log });
    await expect(alone.warm()).rejects.toMatchObject({ name: 'ProviderError', code: 'unavailable' });
    await alone.close();
    const detector = await openEndOfTurn({ modelFile, clock, log });
    await detector.warm();
    const ear = detector.openEar({ language: 'en' });
    ear.push({ samples: new Int16Array(16_000), isSpeech: true });
    expect(await ear.score({ text: '', signal: never })).toEqual({ kind: 'scored', probability: 0.5 });
    await detector.close();
  });
});

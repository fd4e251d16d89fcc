import { expect, it } from 'vitest';
import { settingOf } from '../wait-policy.ts';
import type { HeardClip, HeardEdge } from './hear-clip.ts';
import { playClip } from './play-clip.ts';

const frame = { probability: 0.9, levelDb: -30 };

function speech(fromMs: number, untilMs: number, score: number): HeardEdge[] {
  return [
    { type: 'speechStarted', ...frame, atMs: fromMs + 32 },
    { type: 'held', ...frame, atMs: fromMs + 64 },
    {
      type: 'speechEnded',
      ...frame,
      atMs: untilMs + 96,
      lastSpeechAtMs: untilMs,
      speechMs: untilMs - fromMs,
      score,
    },
  ];
}

/** Two words, a pause of so long between them. */
function clip(pauseMs: number, scores: { readonly inPause: number; readonly atEnd: number }): HeardClip {
  const goesOnAtMs = 1_000 + pauseMs;
  return {
    clip: {
      name: 'two words',
      words: [
        { text: 'book', endsAtMs: 1_000 },
        { text: 'tables', endsAtMs: goesOnAtMs + 600 },
      ],
      pause: { fromMs: 1_000, untilMs: goesOnAtMs },
      endsAtMs: goesOnAtMs + 600,
    },
    edges: [...speech(400, 1_000, scores.inPause), ...speech(goesOnAtMs, goesOnAtMs + 600, scores.atEnd)],
  };
}

it('silence alone cuts into a pause that is longer than its wait, and into no shorter one', () => {
  const scores = { inPause: 0.5, atEnd: 0.5 };
  expect(playClip(clip(1_200, scores), settingOf('silence alone', 400), 1)).toEqual({ kind: 'cutIn' });
  expect(playClip(clip(300, scores), settingOf('silence alone', 800), 1).kind).toBe('waited');
});

it('the ladder waits where the model hears that more is to come, and answers early where it hears the end', () => {
  const known = playClip(clip(1_000, { inPause: 0.1, atEnd: 0.9 }), settingOf('ladder', 500), 1);
  const unknown = playClip(clip(300, { inPause: 0.1, atEnd: 0.1 }), settingOf('ladder', 500), 1);
  if (known.kind === 'cutIn' || unknown.kind === 'cutIn') throw new Error('the agent cut in');
  expect(known.gapMs).toBeLessThan(700);
  expect(unknown.gapMs).toBeGreaterThan(1_200);
});

it('a model that is wrong about a pause makes the agent cut in', () => {
  const wrong = clip(1_000, { inPause: 0.95, atEnd: 0.9 });
  expect(playClip(wrong, settingOf('ladder', 1_500), 1)).toEqual({ kind: 'cutIn' });
  expect(playClip(wrong, settingOf('model alone', 0.9), 1)).toEqual({ kind: 'cutIn' });
  expect(playClip(wrong, settingOf('model alone', 0.99), 1).kind).toBe('waited');
});

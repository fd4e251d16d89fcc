import { expect, it } from 'vitest';
import { hearClips } from '../../commands/conformance-hearing.ts';
import { fetchTestModel } from '../turn-detector/test-model.ts';

const model = await fetchTestModel();

it('the detectors of the agent hear where a synthetic caller pauses and ends, and score both', async ({
  skip,
}) => {
  if (model.kind === 'missed') return skip(model.why);
  const { choice, report } = await hearClips({
    modelFile: model.path,
    clips: 2,
    seed: 1,
    hearsRecordings: false,
  });
  expect([choice.length, report.length]).toEqual([2, 2]);
  for (const { clip, edges } of [...choice, ...report]) {
    const ends = edges.flatMap((edge) => (edge.type === 'speechEnded' ? [edge] : []));
    const places = [...(clip.pause === null ? [] : [clip.pause.fromMs]), clip.endsAtMs];
    for (const placeMs of places) {
      const heard = ends.find(({ lastSpeechAtMs }) => Math.abs(lastSpeechAtMs - placeMs) < 200);
      expect(heard?.score, `${clip.name} at ${placeMs} ms`).toBeGreaterThanOrEqual(0);
    }
  }
}, 300_000);

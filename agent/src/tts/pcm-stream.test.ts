import { expect, test } from 'vitest';
import { createPcmStream } from './pcm-stream.ts';

test('samples are whole wherever the bytes are cut', () => {
  const samples = Int16Array.from([0, 1, -1, 256, -32_768, 32_767]);
  const bytes = new Uint8Array(samples.buffer);
  for (let cut = 0; cut <= bytes.length; cut++) {
    for (let next = cut; next <= bytes.length; next++) {
      const stream = createPcmStream();
      const given = [bytes.subarray(0, cut), bytes.subarray(cut, next), bytes.subarray(next)].flatMap(
        (piece) => [...stream.push(piece)],
      );
      expect(given).toEqual([...samples]);
    }
  }
});

import { describe, expect, it } from 'vitest';
import { readWavHeader, wavHeader } from './wav-file.ts';

const info = {
  callId: 'RM_ü',
  startedAtEpochMs: Date.UTC(2026, 10, 21, 12),
  from: 1_600,
  spans: [{ generation: 1, from: 1_600, to: null }],
};

describe("a recording's header", () => {
  it('is read back, whatever its sizes say', () => {
    for (const soundBytes of [null, 0, 640_000]) {
      const header = wavHeader(info, soundBytes);
      expect(readWavHeader(Buffer.concat([header, Buffer.alloc(100)]))).toEqual({
        info,
        soundAt: header.length,
      });
      expect(header.length % 4).toBe(0);
    }
  });

  it('is not read where any of it is missing', () => {
    const header = wavHeader(info, null);
    for (let length = 0; length < header.length; length++)
      expect(readWavHeader(header.subarray(0, length))).toBeNull();
  });

  it('is not read from another file, or one that somebody wrote into', () => {
    const header = wavHeader(info, null);
    const changed = (find: string, put: string) =>
      Buffer.from(header.toString('latin1').replace(find, put), 'latin1');
    expect(readWavHeader(changed('prly', 'LIST'))).toBeNull();
    expect(readWavHeader(changed('RIFF', 'RIFX'))).toBeNull();
    expect(readWavHeader(changed('{', '['))).toBeNull();
    expect(readWavHeader(changed('"v":1', '"v":2'))).toBeNull();
    expect(readWavHeader(changed('"from":1600,"to"', '"from":-160,"to"'))).toBeNull();
  });

  it('says as much as it can of a sound beyond 4 GiB', () => {
    expect(wavHeader(info, 5 * 1024 ** 3).readUInt32LE(4)).toBe(0xffff_ffff);
  });
});

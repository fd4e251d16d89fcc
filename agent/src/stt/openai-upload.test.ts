import { expect, test } from 'vitest';
import { languageTag, primaryLanguage } from './openai-language.ts';
import { waveFile } from './openai-wave.ts';

test('a language is asked for by its first part alone', () => {
  expect(['en', 'en-US', 'zh-Hant-TW', 'PT-br'].map(primaryLanguage)).toEqual(['en', 'en', 'zh', 'pt']);
});

test('a language that Whisper names is told by its tag', () => {
  expect(['english', 'Hindi', 'spanish', 'japanese', 'de', 'klingonese'].map(languageTag)).toEqual([
    'en',
    'hi',
    'es',
    'ja',
    'de',
    undefined,
  ]);
});

test('a WAV file says what it holds, and holds it', () => {
  const file = Buffer.from(waveFile(Int16Array.of(1, -2, 3), 16_000));
  expect(file.toString('latin1', 0, 4) + file.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
  expect(file.readUInt32LE(4)).toBe(file.length - 8);
  expect([file.readUInt16LE(22), file.readUInt32LE(24), file.readUInt16LE(34)]).toEqual([1, 16_000, 16]);
  expect(file.readUInt32LE(40)).toBe(6);
  expect([file.readInt16LE(44), file.readInt16LE(46), file.readInt16LE(48)]).toEqual([1, -2, 3]);
});

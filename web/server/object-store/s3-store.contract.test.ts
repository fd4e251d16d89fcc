import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from './object-store.ts';
import { createS3Store } from './s3-store.ts';
import type { StoreError } from './store-error.ts';
import { type S3Simulator, startS3Simulator } from './testing/s3-simulator.ts';

const KEY = 'recordings/2026/11/RM_a-b_1.wav';
const sound = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, at) => at % 251));
const sha256 = createHash('sha256').update(sound).digest('hex');
const object = {
  sizeBytes: sound.length,
  sha256,
  contentType: 'audio/wav',
  open: () => Readable.from([sound.subarray(0, 70_000), sound.subarray(70_000)]),
};
let simulator: S3Simulator;
let store: ObjectStore;
const storeWith = (changes: Partial<S3Simulator['bucket']>) =>
  createS3Store({ bucket: { ...simulator.bucket, ...changes }, nowEpochMs: Date.now, silentAtMostMs: 300 });
beforeEach(async () => {
  simulator = await startS3Simulator();
  store = storeWith({});
});
afterEach(async () => {
  await store.close();
  await simulator.close();
});

const faultOf = async (asked: Promise<unknown>) => {
  const error = await asked.then(
    () => null,
    (caught: StoreError) => caught,
  );
  return { code: error?.code, message: error?.message };
};

describe('a bucket', () => {
  it('keeps what is put into it, and tells of it', async () => {
    expect(await store.look(KEY)).toBeNull();
    await store.put(KEY, object);
    expect(simulator.objects.get(KEY)).toMatchObject({ content: sound, contentType: 'audio/wav' });
    expect(await store.look(KEY)).toEqual({
      sizeBytes: sound.length,
      tag: expect.stringMatching(/^".+"$/),
      sha256,
    });
  });

  it('gives parts of it', async () => {
    await store.put(KEY, object);
    const tag = (await store.look(KEY))?.tag ?? '';
    expect(await buffer(await store.read(KEY, { tag, first: 0, last: sound.length - 1 }))).toEqual(sound);
    const part = await buffer(await store.read(KEY, { tag, first: 100, last: 199 }));
    expect(part).toEqual(sound.subarray(100, 200));
    const other = store.read(KEY, { tag: '"another"', first: 0, last: 1 });
    expect((await faultOf(other)).code).toBe('changed');
  });

  it('forgets what is removed, also twice', async () => {
    await store.put(KEY, object);
    await store.remove(KEY);
    await store.remove(KEY);
    expect(await store.look(KEY)).toBeNull();
    expect((await faultOf(store.read(KEY, { tag: '"x"', first: 0, last: 1 }))).code).toBe('changed');
  });

  it('takes nothing that changed on its way', async () => {
    const changed = { ...object, open: () => Readable.from([Buffer.alloc(sound.length)]) };
    const { code, message } = await faultOf(store.put(KEY, changed));
    expect(code).toBe('refused');
    expect(message).toContain('XAmzContentSHA256Mismatch');
    expect(simulator.objects.size).toBe(0);
  });
});

describe('a bucket that fails', () => {
  it.each([
    ['secret', { secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch'],
    ['key', { accessKeyId: 'wrong' }, 'InvalidAccessKeyId'],
    ['region', { region: 'wrong' }, 'AuthorizationHeaderMalformed'],
  ])('says what of its settings to look at: the %s', async (_what, changes, reason) => {
    const wrong = storeWith(changes);
    const { code, message } = await faultOf(wrong.put(KEY, object));
    await wrong.close();
    expect(code).toBe('refused');
    expect(message).toContain(reason);
    expect(message).toContain('PARLEY_RECORDINGS_S3_URL');
  });

  it('is refused where it is none of that store', async () => {
    const url = simulator.bucket.url.replace('/bucket/', '/other/');
    const other = storeWith({ url });
    expect(await faultOf(other.put(KEY, object))).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('NoSuchBucket'),
    });
    await other.close();
  });

  it.each([
    ['denied', 'refused'],
    ['failing', 'away'],
    ['cut', 'away'],
    ['silent', 'away'],
  ] as const)('is %s, which is told as %s', async (fault, code) => {
    await store.put(KEY, object);
    simulator.fault = fault;
    for (const ask of [() => store.look(KEY), () => store.put(KEY, object), () => store.remove(KEY)])
      expect((await faultOf(ask())).code).toBe(code);
  });

  it('cuts content in the middle, which its reader sees', async () => {
    await store.put(KEY, object);
    const tag = (await store.look(KEY))?.tag ?? '';
    simulator.fault = 'cut';
    const part = await store.read(KEY, { tag, first: 0, last: sound.length - 1 });
    await expect(buffer(part)).rejects.toThrow();
  });

  it('is not there', async () => {
    await simulator.close();
    const { code, message } = await faultOf(store.look(KEY));
    expect(code).toBe('away');
    expect(message).not.toContain(simulator.bucket.secretAccessKey);
    simulator = await startS3Simulator();
  });
});

it('ends what is aborted, with the reason of that', async () => {
  simulator.fault = 'silent';
  const ending = new AbortController();
  const asked = store.put(KEY, object, { signal: ending.signal });
  ending.abort(new Error('the server ends'));
  await expect(asked).rejects.toThrow('the server ends');
});

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FILE_DIGEST_HEADER, INTERNAL_AUDIENCE, storedJournalsSchema } from '@parley/contracts/internal-api';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journalOfCall, shipmentOf } from '../calls/testing/test-shipments.ts';
import type { Database } from '../database/database.ts';
import { sqliteData } from '../database/testing/test-databases.ts';
import { createTestApp, TEST_KEY } from '../testing/test-app.ts';

let data: Awaited<ReturnType<typeof sqliteData>>;
let database: Database;
let authorization: string;
beforeAll(async () => {
  data = await sqliteData();
  database = await data.open();
  const token = await new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(TEST_KEY.apiKey)
    .setAudience(INTERNAL_AUDIENCE)
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(TEST_KEY.apiSecret));
  authorization = `Bearer ${token}`;
});
afterAll(() => data.close());

const app = () => createTestApp({ database, dataDir: data.dataDir });
const sha256 = (body: string) => createHash('sha256').update(body).digest('hex');
const put = (path: string, body: string, digest = sha256(body)) =>
  app().request(path, {
    method: 'PUT',
    headers: { authorization, [FILE_DIGEST_HEADER]: digest },
    body,
  });
/** Every file below the recordings, by its path. */
async function recorded(): Promise<string[]> {
  const root = join(data.dataDir, 'recordings');
  const names = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  return names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('journals that are shipped', () => {
  it('are stored, and given to the process that goes on', async () => {
    const journal = journalOfCall('RM_shipped', { texts: ['hello there'] });
    const { post, request } = app();
    const answer = await post('/internal/events', shipmentOf(journal), { authorization });
    expect(await answer.json()).toEqual({
      kind: 'stored',
      nextSeq: journal.lines.length,
      heldGeneration: 1,
    });
    const path = '/internal/calls/RM_shipped/main/journals';
    const given = await request(path, { headers: { authorization } });
    expect(storedJournalsSchema.parse(await given.json())).toEqual({ journals: [journal] });
    expect((await request(path)).status).toBe(401);
    expect(
      (await request('/internal/calls/RM_shipped/Main/journals', { headers: { authorization } })).status,
    ).toBe(404);
  });

  it('may be as large as their contract says, and no larger', async () => {
    const journal = journalOfCall('RM_large', { texts: [] });
    const [line] = journal.lines;
    if (line === undefined) throw new Error('the journal is empty');
    const large = (characters: number) => ({
      header: journal.header,
      lines: [{ ...line, data: { note: 'x'.repeat(characters) } }],
      isLast: false,
    });
    const { post } = app();
    expect((await post('/internal/events', large(3_000_000), { authorization })).status).toBe(200);
    expect((await post('/internal/events', large(5_000_000), { authorization })).status).toBe(413);
  });

  it('are asked for again while there is no database', async () => {
    const { post } = createTestApp();
    const shipped = await post('/internal/events', shipmentOf(journalOfCall('RM_a', { texts: [] })), {
      authorization,
    });
    expect(shipped.status).toBe(503);
    expect(await shipped.json()).toMatchObject({ error: { code: 'database_unavailable' } });
  });
});

describe('files that are sent', () => {
  beforeAll(async () => {
    const { post } = app();
    for (const callId of ['RM_filed', 'RM_gone'])
      await post('/internal/events', shipmentOf(journalOfCall(callId, { texts: [] })), { authorization });
    await database.db.insertInto('tombstones').values({ call_id: 'RM_gone', deleted_at_ms: 1 }).execute();
    await database.db.deleteFrom('calls').where('call_id', '=', 'RM_gone').execute();
  });

  it('lie where an agent of this machine would have put them', async () => {
    const sound = 'sound'.repeat(100_000);
    expect((await put('/internal/files/RM_filed/1/recording.part', sound)).status).toBe(204);
    expect((await put('/internal/files/RM_filed/1/journal', '{}\n')).status).toBe(204);
    const month = join(data.dataDir, 'recordings', '2026', '11');
    expect(await readFile(join(month, 'RM_filed.1.wav.part'), 'utf8')).toBe(sound);
    expect(await readFile(join(month, 'RM_filed.main.1.ndjson'), 'utf8')).toBe('{}\n');
  });

  it('are whole or not there', async () => {
    const before = await recorded();
    const wrong = await put('/internal/files/RM_filed/1/recording.part', 'damaged', sha256('whole'));
    expect(wrong.status).toBe(409);
    expect(await wrong.json()).toMatchObject({ error: { code: 'digest_mismatch' } });
    expect(await recorded()).toEqual(before);
  });

  it.each([
    ['/internal/files/RM_gone/1/recording.part', 410],
    ['/internal/files/RM_never/1/recording.part', 404],
    ['/internal/files/RM_filed/2/recording.part', 404],
    ['/internal/files/..%2F..%2Fetc/1/recording.part', 404],
    ['/internal/files/RM_filed/1/other', 422],
    ['/internal/files/RM_filed/0/recording.part', 422],
  ])('to %s are answered with %i', async (path, status) => {
    const before = await recorded();
    expect((await put(path, 'sound')).status).toBe(status);
    expect(await recorded()).toEqual(before);
  });

  it('need a digest', async () => {
    expect((await put('/internal/files/RM_filed/1/recording.part', 'sound', 'none')).status).toBe(422);
  });
});

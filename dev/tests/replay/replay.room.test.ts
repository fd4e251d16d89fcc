import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createSentenceSpeaker, type SentenceSpeaker } from '../../callers/speak-sentence.ts';
import { type Parley, startParley } from '../../parley/start-parley.ts';
import { replayFolder } from '../../replay/replay-folder.ts';
import {
  answers,
  everybodyLeaves,
  greetedBy,
  healthOf,
  heardOut,
  TEST_AGENTS_DIR,
  until,
} from '../room/parley-call.ts';

let dataDir: string;
let parley: Parley;
let speaker: SentenceSpeaker;

beforeAll(async () => {
  speaker = createSentenceSpeaker();
  dataDir = await mkdtemp(join(tmpdir(), 'parley-replay-'));
  parley = await startParley({ agentsDir: TEST_AGENTS_DIR, dataDir });
}, 120_000);

afterEach(everybodyLeaves, 30_000);

afterAll(async () => {
  await speaker?.close();
  // The test stops it; a second time it tells again what the test wants to hear.
  await parley?.stop().catch(() => undefined);
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

function journals(): string[] {
  const recordings = join(dataDir, 'recordings');
  return readdirSync(recordings, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.ndjson'))
    .map((name) => join(recordings, name));
}

it('replays the calls of a test when its Parley stops, and fails the test where one comes out otherwise', async () => {
  const caller = await greetedBy(parley, 'storyteller');
  const before = answers(caller).length;
  await caller.say(await speaker.speak('Tell me a story.'));
  await until('the story has begun', () => answers(caller).length > before);
  await caller.say(await speaker.speak('Stop.'));
  await heardOut(caller);
  await caller.leave();
  await until('the call is over', async () => (await healthOf(parley)).workers.calls === 0);

  await parley.stop();
  const [file = '', ...others] = journals();
  expect(others).toEqual([]);
  expect(await replayFolder(dataDir)).toBe(1);
  expect(readFileSync(file, 'utf8')).toMatch(/"type":"recordTurn"/);

  writeFileSync(file, readFileSync(file, 'utf8').replace(/"type":"recordTurn"/, '"type":"forgetTurn"'));
  await expect(parley.stop()).rejects.toMatchObject({
    code: 'different',
    message: expect.stringContaining('forgetTurn'),
  });
});

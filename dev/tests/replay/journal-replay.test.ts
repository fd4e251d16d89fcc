import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testSettings } from '@parley/engine/call/testing/call-settings';
import { CALLER, VirtualCall } from '@parley/engine/call/testing/virtual-call';
import { readJournal, type StoredCall } from '@parley/engine/replay/read-journal';
import { replayCall } from '@parley/engine/replay/replay-call';
import { storedRows } from '@parley/engine/replay/stored-rows';
import { playTimeline } from '@parley/engine/replay/timeline';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replayFolder } from '../../replay/replay-folder.ts';
import { testFolder, writeJournal } from './written-journal.ts';

/** Each is a call of up to a minute, written and read. */
const RUNS = 40;
/** A hang, not a slow machine. */
const HANGS_AFTER_MS = 120_000;

/** What JSON may change: -0, digits beyond a double, line ends that only JavaScript has, halves of a pair. */
const text = fc.oneof(
  fc.constantFrom('what are your prices', 'stop', 'mm-hmm', '"\\\u2028\u2029\0 \ud83d\ude00', '__proto__'),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const instantMs = fc.oneof(
  fc.constant(-0),
  fc.double({ min: 0, max: 30_000, noNaN: true }),
  fc.integer({ min: 0, max: 30_000 }),
);
const saying = fc.record({
  fromMs: instantMs,
  lengthMs: fc.double({ min: 40, max: 3_000, noNaN: true }),
  text,
});
const chat = fc.record({ atMs: instantMs, chat: text });
const plan = fc.record({
  sayings: fc.array(saying, { maxLength: 6 }),
  chats: fc.array(chat, { maxLength: 3 }),
  answer: fc.oneof(text, fc.constant(null), fc.constant('silence' as const)),
  msPerWord: fc.double({ min: 20, max: 400, noNaN: true }),
  greeting: fc.oneof(text, fc.constant('Hello there.')),
  callerWaitMs: fc.double({ min: 0, max: 20_000, noNaN: true }),
});

function callOf(file: string): StoredCall {
  const read = readJournal(readFileSync(file, 'utf8'));
  if (read.kind === 'faulty') throw new Error(`line ${read.lineNumber} ${read.why}`);
  return read.call;
}

describe('a journal as the agent writes it', () => {
  it(
    'replays to the same commands, whatever was said and whenever',
    () => {
      const folder = testFolder();
      let count = 0;
      fc.assert(
        fc.property(plan, ({ sayings, chats, answer, msPerWord, greeting, callerWaitMs }) => {
          const settings = testSettings({ greeting, callerWaitMs });
          const call = new VirtualCall(settings, { answer: () => answer, msPerWord }).connect(-0);
          for (const { fromMs, lengthMs, text: words } of sayings) call.say(fromMs, fromMs + lengthMs, words);
          for (const { atMs, chat: words } of chats)
            call.send(atMs, { type: 'chatReceived', data: { participantId: CALLER, text: words } });
          call.run(60_000);
          const written = writeJournal({
            dataDir: join(folder, `${count++}`),
            settings,
            events: call.events,
          });
          expect(written.commands).toEqual(call.commands.map(({ type, data }) => ({ type, data })));

          const stored = callOf(written.file);
          const replay = replayCall(stored);
          expect(replay.outcome).toEqual({ kind: 'same' });
          expect(replay.earlyWakes).toEqual([]);
          expect(replay.events).toBe(call.events.length);
          expect(replay.commands).toBe(call.commands.length);

          const table = storedRows(stored);
          if (table.kind !== 'rows') throw new Error(`unknown: ${table.type}`);
          expect(playTimeline(stored.settings, table.rows)).toEqual(table.rows);
        }),
        { numRuns: RUNS },
      );
    },
    HANGS_AFTER_MS,
  );
});

describe('the journals of a data folder', () => {
  const settings = testSettings();
  const { events } = new VirtualCall(settings).connect().say(3_000, 4_000, 'are you open').run(12_000);

  it('are all replayed and counted', async () => {
    const dataDir = testFolder();
    await expect(replayFolder(dataDir)).resolves.toBe(0);
    for (const generation of [1, 2])
      writeJournal({ dataDir, settings: testSettings({ generation }), events: [] });
    await expect(replayFolder(dataDir)).resolves.toBe(2);
  });

  it('fail at one that comes out otherwise, with its name and the difference', async () => {
    const dataDir = testFolder();
    const { file } = writeJournal({ dataDir, settings, events });
    await expect(replayFolder(dataDir)).resolves.toBe(1);
    const journal = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      journal.replace('"text":"are you open","source"', '"text":"are you closed","source"'),
    );
    await expect(replayFolder(dataDir)).rejects.toMatchObject({
      code: 'different',
      message: expect.stringMatching(
        /main\.1\.ndjson[\s\S]*data\.text: "are you closed" is now "are you open"/,
      ),
    });
  });

  it('fail at one that is broken, and not at one whose last line is cut', async () => {
    const dataDir = testFolder();
    const { file } = writeJournal({ dataDir, settings, events });
    const journal = readFileSync(file, 'utf8');
    writeFileSync(file, journal.slice(0, -40));
    await expect(replayFolder(dataDir)).resolves.toBe(1);
    writeFileSync(file, journal.replace('\n', '\n{"line":\n'));
    await expect(replayFolder(dataDir)).rejects.toMatchObject({
      code: 'no_journal',
      message: expect.stringContaining('line 2 is not JSON'),
    });
  });

  it('fail at a wake that came early', async () => {
    const dataDir = testFolder();
    const early = { type: 'woke', atMs: 12_001, data: {} } as const;
    writeJournal({ dataDir, settings, events: [...events, early] });
    await expect(replayFolder(dataDir)).rejects.toMatchObject({
      message: expect.stringContaining('1 wakes came early'),
    });
  });
});

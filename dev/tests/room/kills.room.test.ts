import { readFile } from 'node:fs/promises';
import { callDetailSchema } from '@parley/contracts/call-record';
import { callListSchema } from '@parley/contracts/calls-api';
import { readJournal } from '@parley/engine/replay/read-journal';
import { describe, expect, it } from 'vitest';
import type { RoomCaller } from '../../callers/room-caller.ts';
import { everybodyLeaves, greetedBy, healthOf, processOf, until, WAIT } from './parley-call.ts';
import { openParleyStage } from './parley-stage.ts';
import { filesOf, recordingOf } from './stored-call.ts';

const isLong = process.env.PARLEY_TEST_LONG === '1';
const ROUNDS = isLong ? 50 : 1;
const CALLS = isLong ? 10 : 2;
/** How far a recording may be from its call, in ms; beside that what a killed process had not written yet. */
const LENGTH_TOLERANCE_MS = 50;
const UNWRITTEN_MS = 1_500;

const stage = openParleyStage(2);

const allWell = () =>
  healthOf(stage.parley).then(
    ({ workers }) => workers.ready === 2,
    () => false,
  );

const callsOf = async (state: string) =>
  callListSchema.parse(await (await fetch(`${stage.parley.url}/api/calls?state=${state}`)).json()).calls;

/** The committed turns of a call, as its journals on disk tell them. */
async function committed(callId: string): Promise<string[]> {
  const journals = (await filesOf(stage.parley, callId)).filter((file) => file.endsWith('.ndjson'));
  const turns = await Promise.all(
    journals.map(async (file) => {
      const read = readJournal(await readFile(file, 'utf8'));
      if (read.kind === 'faulty') throw new Error(`${file}: ${read.why}`);
      const commands = read.call.steps.flatMap((step) => step.commands);
      return commands.flatMap(({ type, data }) =>
        type === 'recordTurn' ? [(data as { readonly turnId: string }).turnId] : [],
      );
    }),
  );
  return turns.flat();
}

/** Types questions until told to stop: a typed turn is committed at once. */
async function talk(caller: RoomCaller, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await caller.sendChat('What are your prices?');
    await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 700));
  }
}

/** What is killed, one of the two at a random moment, the other at another. */
async function killBoth(callers: readonly RoomCaller[]): Promise<void> {
  const kills = [
    () => process.kill(processOf(stage.parley, callers[0]?.roomSid ?? ''), 'SIGKILL'),
    () => process.kill(stage.parley.pids.server, 'SIGKILL'),
  ];
  await Promise.all(
    kills.map(async (kill) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 4_000));
      kill();
    }),
  );
}

async function expectWhole(callId: string): Promise<void> {
  const call = callDetailSchema.parse(await (await fetch(`${stage.parley.url}/api/calls/${callId}`)).json());
  const stored = call.turns.flatMap((turn) => (turn.role === 'caller' ? [turn.turnId as string] : []));
  expect(stored).toEqual(expect.arrayContaining(await committed(callId)));
  const { lengthMs, callMs } = await recordingOf(stage.parley, callId);
  expect(lengthMs).toBeGreaterThan(callMs - UNWRITTEN_MS);
  expect(lengthMs).toBeLessThan(callMs + LENGTH_TOLERANCE_MS);
}

describe('calls whose agent and server are killed at random moments', () => {
  it(
    'have every committed turn in the database, a recording that opens, and an end',
    async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const callers = await Promise.all(
          Array.from({ length: CALLS }, () => greetedBy(stage.parley, 'storyteller')),
        );
        let isOver = false;
        const talks = callers.map((caller) => talk(caller, () => isOver));
        await killBoth(callers);
        await until('everything runs again', allWell);
        isOver = true;
        await Promise.all(talks);
        await Promise.all(callers.map((caller) => caller.waitForAgent(WAIT)));
        await everybodyLeaves();
        await until('no call is active', async () => (await callsOf('active')).length === 0);
        for (const { roomSid } of callers) await expectWhole(roomSid);
        console.info(`round ${round + 1} of ${ROUNDS}: ${CALLS} calls whole`);
      }
    },
    ROUNDS * 180_000,
  );
});

import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createVirtualClock } from '../runtime/testing/virtual-clock.ts';
import type { Database } from './database.ts';
import { openDatabaseDoor } from './database-door.ts';
import { DatabaseError } from './database-error.ts';

/** A database that answers from the try `opensAt` on. */
async function door(opensAt: number) {
  const clock = createVirtualClock();
  const triedAtMs: number[] = [];
  const closed: number[] = [];
  const database = {
    dialect: 'sqlite',
    close: async () => void closed.push(clock.nowMs()),
  } as Partial<Database>;
  const made = await openDatabaseDoor({
    async open() {
      triedAtMs.push(clock.nowMs());
      if (triedAtMs.length < opensAt) throw new DatabaseError('unreachable', 'It is away.');
      return database as Database;
    },
    clock,
    log: pino({ level: 'silent' }),
  });
  return { ...made, clock, database, triedAtMs, closed };
}

it('gives a database that is there at once', async () => {
  const { current, database } = await door(1);
  expect(current()).toBe(database);
});

it('is tried again less and less often, and opens then', async () => {
  const { current, database, clock, triedAtMs, opened } = await door(8);
  expect(() => current()).toThrow('It is away.');
  await clock.advance(60_000);
  expect(triedAtMs).toEqual([0, 500, 1_500, 3_500, 7_500, 15_500, 25_500, 35_500]);
  await opened;
  expect(current()).toBe(database);
});

it('closes what it opened, and tries no more', async () => {
  const { close, clock, closed } = await door(1);
  await close();
  expect(closed).toEqual([0]);
  const away = await door(100);
  await away.close();
  await away.clock.advance(60_000);
  expect(away.triedAtMs).toEqual([0]);
  expect(clock.nowMs()).toBe(0);
});

import { expect, test } from 'vitest';
import { createLeases } from './leases.ts';

function leases() {
  const closed: string[] = [];
  const failed: unknown[] = [];
  const made: string[] = [];
  const all = createLeases<string, string>({
    make: (key) => {
      made.push(key);
      return `${key}${made.length}`;
    },
    close: async (value) => {
      closed.push(value);
      if (value.startsWith('bad')) throw new Error(value);
    },
    onCloseFailed: (error) => failed.push(error),
  });
  return { all, closed, failed, made };
}

test('users at the same time share a value, and it stays for the next', () => {
  const { all, closed, made } = leases();
  const first = all.take('a');
  expect(all.take('a').value).toBe(first.value);
  first.release();
  expect(all.take('a').value).toBe('a1');
  expect(made).toEqual(['a']);
  expect(closed).toEqual([]);
});

test('what is retired is closed when its last user is done, and once', () => {
  const { all, closed } = leases();
  const [first, second] = [all.take('a'), all.take('a')];
  all.retire('a');
  first.release();
  first.release();
  expect(closed).toEqual([]);
  second.release();
  expect(closed).toEqual(['a1']);
  expect(all.take('a').value).toBe('a2');
});

test('what is retired unused is closed at once', () => {
  const { all, closed } = leases();
  all.take('a').release();
  all.retire('a');
  all.retire('never taken');
  expect(closed).toEqual(['a1']);
});

test('closing takes all, and waits for those under way even where one fails', async () => {
  const { all, closed, failed } = leases();
  all.take('bad').release();
  all.retire('bad');
  all.take('a');
  await all.close();
  expect(closed).toEqual(['bad1', 'a2']);
  expect(failed).toHaveLength(1);
});

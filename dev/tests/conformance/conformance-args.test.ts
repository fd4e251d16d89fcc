import { expect, it } from 'vitest';
import { parseConformanceArgs } from '../../commands/conformance-args.ts';

it('holds virtual talks where nothing is asked for', () => {
  expect(parseConformanceArgs([])).toMatchObject({ kind: 'virtual', variants: 11_000, seed: 1 });
});

it('joins a room, or starts a Parley of its own', () => {
  expect(parseConformanceArgs(['--room'])).toMatchObject({ kind: 'room', address: null });
  expect(parseConformanceArgs(['--room', '--url', 'wss://a.example', '--token', 't'])).toMatchObject({
    address: { url: 'wss://a.example', token: 't' },
  });
});

it.each([
  [['--room', '--url', 'wss://a.example'], '--url and --token go together.'],
  [['--room', '--url', 'https://a.example', '--token', 't'], 'must begin with ws:// or wss://'],
  [['--url', 'wss://a.example', '--token', 't'], 'need --room'],
  [['--variants', '0'], 'a whole number from 1'],
  [['--seed', 'x'], 'a whole number, 0 or more'],
  [['--clips', '100'], '--clips needs --ladder'],
  [['--ladder', '--clips', '5'], 'a whole number from 20'],
  [['--rom'], '--rom'],
])('says what is wrong with %j', (args, fault) => {
  expect(parseConformanceArgs(args)).toMatchObject({
    kind: 'misuse',
    fault: expect.stringContaining(fault),
  });
});

import { expect, it } from 'vitest';
import type { Segment, Speaker } from '../room/transcript.ts';
import { groupTurns } from './spoken-turns.ts';

const segment = (id: string, speaker: Speaker): Segment => ({
  id,
  speaker,
  text: id,
  isFinal: true,
  isInterrupted: false,
  unheard: '',
  typed: null,
  startedAtMs: 0,
});
const agent: Speaker = { kind: 'agent', name: '' };
const guest = (identity: string): Speaker => ({ kind: 'guest', identity, name: '' });

it('joins what one speaker says in a row and begins anew when another speaks', () => {
  const turns = groupTurns([
    segment('a', agent),
    segment('b', agent),
    segment('c', { kind: 'you' }),
    segment('d', agent),
  ]);
  expect(turns.map((turn) => turn.segments.map((one) => one.id))).toEqual([['a', 'b'], ['c'], ['d']]);
});

it('lets each typed message stand for itself', () => {
  const said = segment('a', { kind: 'you' });
  const typed = (id: string): Segment => ({ ...said, id, typed: 'sent' });
  expect(groupTurns([said, typed('b'), typed('c'), { ...said, id: 'd' }])).toHaveLength(4);
});

it('tells two guests apart', () => {
  expect(groupTurns([segment('a', guest('one')), segment('b', guest('two'))])).toHaveLength(2);
});

import { describe, expect, it } from 'vitest';
import { createJoinGate } from './join-gate.ts';

const signal = new AbortController().signal;

describe('the gate before joining', () => {
  it('lets a few in, and the next in their order as places are given back', async () => {
    const gate = createJoinGate(2);
    const entered: string[] = [];
    const enter = async (name: string) => {
      const leave = await gate.enter(signal);
      entered.push(name);
      return leave;
    };
    const [first, second] = [enter('a'), enter('b')];
    const [third, fourth] = [enter('c'), enter('d')];
    const leaveFirst = await first;
    await second;
    expect(entered).toEqual(['a', 'b']);
    leaveFirst();
    leaveFirst();
    const leaveThird = await third;
    await Promise.resolve();
    expect(entered).toEqual(['a', 'b', 'c']);
    leaveThird();
    await fourth;
    expect(entered).toEqual(['a', 'b', 'c', 'd']);
  });

  it('forgets who stops waiting', async () => {
    const gate = createJoinGate(1);
    const leave = await gate.enter(signal);
    const impatient = new AbortController();
    const waiting = gate.enter(impatient.signal);
    const next = gate.enter(signal);
    impatient.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    leave();
    await expect(next).resolves.toBeTypeOf('function');
    await expect(gate.enter(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });
});

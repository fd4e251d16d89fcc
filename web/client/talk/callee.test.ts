import { expect, it } from 'vitest';
import { calleeOf } from './callee.ts';

const agent = (name: string) => ({
  name,
  title: `The ${name}`,
  description: `What the ${name} does.`,
  language: 'en',
  isDefault: name === 'desk',
});

it('tells who is called, and what they do where no card of a picker says so', () => {
  const desk = { title: 'The desk', description: 'What the desk does.' };
  expect(calleeOf({ agents: [agent('desk')], chosen: 'desk', isFixed: false })).toEqual(desk);
  const agents = [agent('desk'), agent('guide')];
  expect(calleeOf({ agents, chosen: 'desk', isFixed: true })).toEqual(desk);
  expect(calleeOf({ agents, chosen: 'desk', isFixed: false })).toEqual({ ...desk, description: '' });
});

it('names whom the address asks for until the server tells more', () => {
  expect(calleeOf({ agents: [], chosen: 'desk', isFixed: true })).toEqual({ title: 'desk', description: '' });
});

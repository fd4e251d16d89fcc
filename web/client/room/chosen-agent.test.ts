import { expect, it } from 'vitest';
import type { CallableAgent } from './agents.ts';
import { chooseAgent } from './chosen-agent.ts';

const agent = (name: string, isDefault = false): CallableAgent => ({
  name,
  title: name,
  description: '',
  language: 'en',
  isDefault,
});
const agents = [agent('desk', true), agent('storyteller')];

it('calls whom the address names, whoever was called last', () => {
  expect(chooseAgent({ agents, named: 'desk', remembered: 'storyteller' })).toBe('desk');
  expect(chooseAgent({ agents, named: 'unheard-of', remembered: null })).toBe('unheard-of');
});

it('calls whom the person chose last, while that agent can be called', () => {
  expect(chooseAgent({ agents, named: null, remembered: 'storyteller' })).toBe('storyteller');
  expect(chooseAgent({ agents, named: null, remembered: 'gone' })).toBe('desk');
});

it('leaves the choice to the server while nobody is listed', () => {
  expect(chooseAgent({ agents: [], named: null, remembered: 'storyteller' })).toBeNull();
});

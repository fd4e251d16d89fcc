import { describe, expect, it } from 'vitest';
import { environmentFor, resolveSettings } from './layers.ts';
import type { Variable } from './variable.ts';

const variable = (name: string, readers: Variable['readers']): [string, Variable] => [
  name,
  { name, description: '', isSecret: false, readers },
];
const variables = new Map([
  variable('PORT', ['launcher', 'server']),
  variable('PARLEY_DATA', ['launcher', 'agent']),
  variable('OPENAI_API_KEY', ['agent']),
  variable('PARLEY_ACCESS_KEY', ['server']),
  variable('PARLEY_SECRET_KEY', ['server']),
]);
const none = { flag: {}, environment: {}, '.env': {}, 'keys.env': {} };

describe('settings', () => {
  it('come from the flag before the environment before .env before keys.env', () => {
    const held = { PORT: '1', PARLEY_DATA: '1', OPENAI_API_KEY: '1', PARLEY_ACCESS_KEY: '1' };
    const settings = resolveSettings(variables, {
      flag: { PORT: '4' },
      environment: { ...held, PORT: '3', PARLEY_DATA: '3', OPENAI_API_KEY: '', PARLEY_ACCESS_KEY: undefined },
      '.env': { PORT: '2', OPENAI_API_KEY: '2' },
      'keys.env': held,
    });
    expect(Object.fromEntries(settings)).toEqual({
      PORT: { value: '4', source: 'flag' },
      PARLEY_DATA: { value: '3', source: 'environment' },
      OPENAI_API_KEY: { value: '2', source: '.env' },
      PARLEY_ACCESS_KEY: { value: '1', source: 'keys.env' },
    });
  });

  it('leave out what nobody reads, but for the secrets of agents', () => {
    const settings = resolveSettings(variables, { ...none, '.env': { OTHER: 'x', PARLEY_SECRET_CRM: 's' } });
    expect([...settings.keys()]).toEqual(['PARLEY_SECRET_CRM']);
  });
});

describe('the environment of a process', () => {
  it('holds what it reads, what the launcher decided, and nothing else of ours', () => {
    const settings = resolveSettings(variables, {
      ...none,
      environment: { PARLEY_SECRET_CRM: 's', OPENAI_API_KEY: 'o', PARLEY_DATA: 'kept' },
      'keys.env': { PARLEY_ACCESS_KEY: 'a', PARLEY_SECRET_KEY: 'k' },
    });
    const system = {
      PATH: '/bin',
      TZ: 'UTC',
      OPENAI_API_KEY: 'o',
      PARLEY_SECRET_CRM: 's',
      PARLEY_ACCESS_KEY: 'stale',
    };
    const decided = { PORT: '3001' };
    const options = { variables, settings, system, decided, root: '/project' };
    expect(environmentFor({ ...options, reader: 'agent' })).toEqual({
      PATH: '/bin',
      TZ: 'UTC',
      OPENAI_API_KEY: 'o',
      PARLEY_SECRET_CRM: 's',
      PARLEY_DATA: '/project/kept',
    });
    expect(environmentFor({ ...options, reader: 'server' })).toEqual({
      PATH: '/bin',
      TZ: 'UTC',
      PARLEY_ACCESS_KEY: 'a',
      PARLEY_SECRET_KEY: 'k',
      PORT: '3001',
    });
  });
});

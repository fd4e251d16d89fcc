import { describe, expect, it } from 'vitest';
import type { Settings } from '../settings/layers.ts';
import { simulatedSettings } from './simulated-settings.ts';

const SIMULATOR = 'http://127.0.0.1:4010';
const baseUrls = Object.fromEntries(
  ['deepgram', 'openai', 'cartesia', 'ollama'].map((name) => [name, `${SIMULATOR}/${name}`]),
);

function simulated(given: Readonly<Record<string, string>>): Record<string, string> {
  const settings: Settings = new Map(
    Object.entries(given).map(([name, value]) => [name, { value, source: 'environment' as const }]),
  );
  const used = simulatedSettings(settings, { baseUrls, root: '/parley' });
  return Object.fromEntries([...used].map(([name, { value }]) => [name, value]));
}

describe('settings with simulated vendors', () => {
  it('name the address of each simulator, a key that is none, and an agent that asks a model', () => {
    expect(simulated({})).toEqual({
      DEEPGRAM_BASE_URL: `${SIMULATOR}/deepgram`,
      DEEPGRAM_API_KEY: 'simulated-vendor',
      OPENAI_BASE_URL: `${SIMULATOR}/openai`,
      OPENAI_API_KEY: 'simulated-vendor',
      CARTESIA_BASE_URL: `${SIMULATOR}/cartesia`,
      CARTESIA_API_KEY: 'simulated-vendor',
      OLLAMA_BASE_URL: `${SIMULATOR}/ollama`,
      PARLEY_AGENTS: '/parley/dev/simulators/agents',
    });
  });

  it('show no real key to a simulator of ours', () => {
    expect(simulated({ OPENAI_API_KEY: 'real' }).OPENAI_API_KEY).toBe('simulated-vendor');
  });

  it('leave an address that was given to its simulator, with the key that was given for it', () => {
    const other = { OPENAI_BASE_URL: 'http://127.0.0.1:9', OPENAI_API_KEY: 'theirs', PARLEY_AGENTS: 'mine' };
    expect(simulated(other)).toMatchObject(other);
    const { OPENAI_API_KEY: _, ...withoutKey } = other;
    expect(simulated(withoutKey)).toMatchObject({ ...withoutKey, OPENAI_API_KEY: 'simulated-vendor' });
  });
});

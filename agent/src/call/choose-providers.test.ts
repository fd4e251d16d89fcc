import { agentDefinitionSchema } from '@parley/contracts/agent-definition';
import { describe, expect, it } from 'vitest';
import type { ProviderAccess } from '../config/provider-variables.ts';
import { googleLlm } from '../llm/google.ts';
import { openaiLlm } from '../llm/openai.ts';
import type { Provider } from '../runtime/provider.ts';
import { chooseProviders } from './choose-providers.ts';

const NOTHING: ProviderAccess = { keys: {}, baseUrls: {} };
const withKeys = (...vendors: readonly string[]): ProviderAccess => ({
  keys: Object.fromEntries(vendors.map((vendor) => [`${vendor}_API_KEY`, `key of ${vendor}`])),
  baseUrls: {},
});
const branch = { name: 'hours', phrases: ['when are you open'], reply: 'From nine.' };
const script = { start: 'main', noMatch: 'Sorry?', steps: { main: { branches: [branch] } } };
const usual = ({ name, models }: Provider<unknown>) => `${name}/${models[0]?.name}`;
const agent = (change: object) =>
  agentDefinitionSchema.parse({ name: 'a', title: 'A', greeting: 'Hello.', prompt: 'Be kind.', ...change });
const namesOf = (change: object, access: ProviderAccess) => {
  const { chosen } = chooseProviders(agent(change), access);
  const name = (one: (typeof chosen)[keyof typeof chosen][number] | undefined) =>
    one?.kind === 'vendor' ? `${one.provider.name}/${one.model}` : one?.kind;
  return { stt: chosen.stt.map(name), llm: chosen.llm.map(name), tts: chosen.tts.map(name) };
};
const faultsOf = (change: object, access: ProviderAccess) =>
  chooseProviders(agent(change), access).faults.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('who fulfils the stages of an agent that names nobody', () => {
  it('is what runs here where no key is set', () => {
    expect(namesOf({}, NOTHING)).toEqual({ stt: ['embedded'], llm: ['embedded'], tts: ['embedded'] });
  });

  it('is OpenAI for all three with its key alone', () => {
    expect(namesOf({}, withKeys('OPENAI'))).toEqual({
      stt: ['openai/whisper-1'],
      llm: [usual(openaiLlm)],
      tts: ['openai/tts-1'],
    });
  });

  it('is the trio of Deepgram, OpenAI and Cartesia with their keys', () => {
    expect(namesOf({}, withKeys('OPENAI', 'CARTESIA', 'DEEPGRAM'))).toEqual({
      stt: ['deepgram/nova-3-general'],
      llm: [usual(openaiLlm)],
      tts: ['cartesia/sonic-3'],
    });
  });

  it('follows a script without a prompt, whatever keys there are', () => {
    const { llm, stt } = namesOf({ script, prompt: undefined }, withKeys('OPENAI'));
    expect({ llm, stt }).toEqual({ llm: ['embedded'], stt: ['openai/whisper-1'] });
  });
});

describe('providers that an agent names', () => {
  it('come in their order, the fallbacks after the first', () => {
    const change = {
      llm: { provider: 'openai', model: 'gpt-4o' },
      switching: { llm: [{ provider: 'google' }], tts: [{ provider: 'openai' }] },
    };
    expect(namesOf(change, withKeys('OPENAI', 'GOOGLE'))).toMatchObject({
      llm: ['openai/gpt-4o', usual(googleLlm)],
      tts: ['openai/tts-1'],
    });
  });

  it('pass through models that are not listed', () => {
    expect(namesOf({ llm: { provider: 'openai', model: 'gpt-9' } }, withKeys('OPENAI')).llm).toEqual([
      'openai/gpt-9',
    ]);
  });

  it('take their key from another variable, and their address from the file before the environment', () => {
    const access = {
      keys: { PARLEY_SECRET_SHOP: 'shop key' },
      baseUrls: { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' },
    };
    const llm = { provider: 'openai', key: 'PARLEY_SECRET_SHOP', baseUrl: 'http://127.0.0.1:2/v1/' };
    const { chosen, faults } = chooseProviders(agent({ llm }), access);
    expect(faults).toEqual([]);
    expect(chosen.llm[0]).toMatchObject({ apiKey: 'shop key', baseUrl: 'http://127.0.0.1:2/v1' });
  });

  it('are told with what would help where they cannot be had', () => {
    expect(faultsOf({ stt: { provider: 'deepgram' } }, NOTHING)).toEqual([
      'stt.provider: "deepgram" needs DEEPGRAM_API_KEY, which is not set in the environment, .env or keys.env',
    ]);
    expect(faultsOf({ tts: { provider: 'siri' } }, NOTHING)[0]).toMatch(
      /^tts\.provider: there is no "siri" for tts; there are: embedded, cartesia, /,
    );
    expect(
      faultsOf({ llm: { provider: 'openai', key: 'PARLEY_SECRET_NONE' } }, withKeys('OPENAI'))[0],
    ).toMatch(/^llm\.key: "openai" needs PARLEY_SECRET_NONE/);
    const settings = { switching: { tts: [{ provider: 'cartesia', settings: { spede: 2 } }] } };
    expect(faultsOf(settings, withKeys('CARTESIA'))[0]).toMatch(
      /^switching\.tts\.0\.settings.*"cartesia" has the settings: .*speed/,
    );
    expect(faultsOf({ llm: { provider: 'local' } }, NOTHING)[0]).toMatch(/needs a baseUrl, or/);
  });

  it('are told apart by provider and model', () => {
    const llm = { provider: 'openai', model: 'gpt-4o' };
    const twice = { llm, switching: { llm: [llm] } };
    expect(faultsOf(twice, withKeys('OPENAI'))[0]).toMatch(/^switching\.llm\.0\.provider: is named before/);
    const other = { llm, switching: { llm: [{ ...llm, model: 'gpt-4.1-mini' }] } };
    expect(faultsOf(other, withKeys('OPENAI'))).toEqual([]);
  });

  it('must be of the agent where a rule calls for them', () => {
    const rules = [{ when: { said: ['spanish'] }, tts: 'elevenlabs' }];
    expect(faultsOf({ switching: { rules } }, withKeys('OPENAI'))).toEqual([
      'switching.rules.0.tts: this agent has no "elevenlabs" for tts; it has: openai',
    ]);
  });
});

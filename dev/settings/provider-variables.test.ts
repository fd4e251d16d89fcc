import { providerVariables } from '@parley/agent/config/provider-variables';
import { parseSettings } from '@parley/agent/config/settings';
import { describe, expect, it } from 'vitest';
import { VARIABLES } from './catalogue.ts';
import { environmentFor, type Layers, resolveSettings, type Source } from './layers.ts';

const SYSTEM = { PATH: '/bin' };
const NOTHING: Layers = { flag: {}, environment: {}, '.env': {}, 'keys.env': {} };
const LIVEKIT = {
  LIVEKIT_URL: 'ws://127.0.0.1:7880',
  LIVEKIT_API_KEY: 'key',
  LIVEKIT_API_SECRET: 'secret',
};
const GIVEN = Object.fromEntries(
  [...Object.keys(providerVariables), 'PARLEY_SECRET_CRM'].map((name) => [
    name,
    name.endsWith('_BASE_URL') ? `http://127.0.0.1:9/${name.toLowerCase()}` : `planted-${name}`,
  ]),
);

describe.each<Source>(['environment', '.env', 'keys.env'])(
  'keys and addresses of providers in %s',
  (source) => {
    const settings = resolveSettings(VARIABLES, { ...NOTHING, [source]: GIVEN });
    // What stands in the shell is the system's environment, too.
    const system = source === 'environment' ? { ...SYSTEM, ...GIVEN } : SYSTEM;
    const of = (reader: 'agent' | 'server') =>
      environmentFor({ reader, variables: VARIABLES, settings, system, decided: LIVEKIT, root: '/project' });

    it('reach the agent as they are, and its settings', () => {
      expect(of('agent')).toMatchObject(GIVEN);
      const { keys, baseUrls } = parseSettings(of('agent')).providers;
      expect({ ...keys, ...baseUrls }).toEqual(GIVEN);
    });

    it('reach no other process', () => {
      expect(Object.keys(of('server')).filter((name) => name in GIVEN)).toEqual([]);
    });
  },
);

it('every key of a provider is a secret', () => {
  for (const name of Object.keys(providerVariables))
    expect(VARIABLES.get(name)?.isSecret, name).toBe(name.endsWith('_API_KEY'));
});

import { type AgentDefinitionInput, agentDefinitionSchema } from '@parley/contracts/agent-definition';
import { priceTableSchema } from '@parley/engine/cost/price-table';
import { expect, it } from 'vitest';
import { unpricedModels } from './unpriced-models.ts';

const PRICES = priceTableSchema.parse({
  stt: { ear: { '*': { perAudioMinute: 0.1 } } },
  llm: { mind: { known: { perMillionInputTokens: 1, perMillionOutputTokens: 1 } } },
});

const agent = (pipelineSettings: AgentDefinitionInput['pipelineSettings']) =>
  agentDefinitionSchema.parse({
    name: 'desk',
    title: 'Desk',
    greeting: 'Hello.',
    prompt: 'Be brief.',
    pipelineSettings,
  });

const by = (provider: string, model: string) => ({ stage: { provider, model } });
const order = {
  stt: [by('ear', 'any')],
  llm: [by('mind', 'known'), by('mind', 'new')],
  tts: [by('mouth', 'one')],
};

it('models that a ceiling cannot count are named, those that only take over too', () => {
  expect(unpricedModels(agent({ maxCostUsd: 0.5 }), order, PRICES)).toEqual(['mind/new', 'mouth/one']);
});

it('without a ceiling nobody needs a price', () => {
  expect(unpricedModels(agent({}), order, PRICES)).toEqual([]);
});

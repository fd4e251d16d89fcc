import { PROVIDERS } from '@parley/agent/call/choose-providers';
import { providerVariables } from '@parley/agent/config/provider-variables';
import { expect, it } from 'vitest';
import { projectFolder } from '../project-folder.ts';
import { PROVIDER_STAGES, providerRows } from './provider-rows.ts';
import { readPrices } from './read-prices.ts';

const { prices, fault } = readPrices(projectFolder(), new Map());
const rows = providerRows(projectFolder(), prices);

it('the prices that come with Parley are a table of prices', () => {
  expect(fault).toBeNull();
});

it('every provider of the catalogue and those of this process have a row, each name once a stage', () => {
  for (const stage of PROVIDER_STAGES) {
    const names = rows.filter((row) => row.stage === stage).map(({ provider }) => provider);
    expect(names).toHaveLength(PROVIDERS[stage].length + 1);
    expect(new Set(names).size).toBe(names.length);
  }
});

it('each setting is explained, each voice and model named once', () => {
  for (const { provider, models, voices, settings } of rows) {
    expect(models.length, provider).toBeGreaterThan(0);
    expect(new Set(models.map(({ name }) => name)).size, provider).toBe(models.length);
    expect(new Set(voices.map(({ name }) => name)).size, provider).toBe(voices.length);
    for (const { path, meaning } of settings) expect(meaning, `${provider} ${path}`).not.toBe('');
  }
});

it('each key and address is a variable that the agent is given', () => {
  for (const { provider, key, baseUrl } of rows)
    for (const variable of [key, baseUrl?.variable ?? null])
      if (variable !== null) expect(Object.keys(providerVariables), provider).toContain(variable);
});

it('whoever has a price in the table is a provider, and its models are known or pass through', () => {
  const known = new Set(rows.map(({ stage, provider }) => `${stage} ${provider}`));
  for (const stage of PROVIDER_STAGES)
    for (const provider of Object.keys(prices[stage])) expect(known).toContain(`${stage} ${provider}`);
});

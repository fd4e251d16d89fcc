import { expect, it } from 'vitest';
import { createTestApp } from '../testing/test-app.ts';
import { openApiDocument } from './openapi-document.ts';

const document = openApiDocument();

it('tells every route of the API, and none that there is not', () => {
  const told = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
  const served = createTestApp()
    .app.routes.filter(({ path, method }) => path.startsWith('/api/') && method !== 'ALL')
    .map(({ path, method }) => `${method} ${path.replace(/\/$/, '')}`)
    .filter((route) => route !== 'GET /api/openapi.json');
  expect(told.toSorted()).toEqual([...new Set(served)].toSorted());
});

it('is served without a key', async () => {
  const response = await createTestApp({ accessKey: 'open-sesame-open-sesame' }).request('/api/openapi.json');
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual(JSON.parse(JSON.stringify(document)));
});

it('names the parameters of a request with their form, and what is required', () => {
  const { parameters } = JSON.parse(JSON.stringify(document)).paths['/api/calls/export'].get as {
    parameters: { name: string; in: string; required: boolean; schema: object }[];
  };
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  expect(byName.get('format')).toMatchObject({
    in: 'query',
    required: true,
    schema: { enum: ['json', 'csv'] },
  });
  expect(byName.get('endReason')).toMatchObject({ required: false, schema: { type: 'string' } });
  expect(byName.get('minDurationMs')).toMatchObject({ schema: { type: 'string' } });
});

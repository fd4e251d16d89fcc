import { apiErrorSchema } from '@parley/contracts/http-api';
import { z } from 'zod';
import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';

/** The HTTP API as OpenAPI 3.1 tells it, made from the schemas that hold requests and answers. */
export function openApiDocument() {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of OPERATIONS)
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Parley',
      version: '1',
      description:
        'The HTTP API of a Parley server. On the machine itself nothing is asked before a login is set; from elsewhere ' +
        'each request shows an API key or the access key as a bearer token, or a cookie that it was swapped for.',
    },
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key, or the access key of the server.' },
        login: { type: 'apiKey', in: 'cookie', name: 'parley_login' },
      },
      schemas: { Error: jsonSchema(apiErrorSchema, 'output') },
    },
  };
}

function describe({ summary, scope, path, query, body, answer }: Operation) {
  const error = {
    description: 'What is wrong, and what to do',
    content: json({ $ref: '#/components/schemas/Error' }),
  };
  return {
    summary,
    ...(scope === null
      ? { security: [] }
      : {
          description: scope === 'any' ? 'Any API key will do.' : `An API key needs the scope \`${scope}\`.`,
          security: [{ key: [] }, { login: [] }],
        }),
    parameters: [...pathParameters(path), ...(query === undefined ? [] : queryParameters(query))],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: json(jsonSchema(body, 'input')) } }),
    responses: { [answer.status]: describeAnswer(answer), default: error },
  };
}

function describeAnswer(answer: Operation['answer']) {
  if ('schema' in answer) return { description: 'Done', content: json(jsonSchema(answer.schema, 'output')) };
  if ('contentType' in answer) return { description: answer.what, content: { [answer.contentType]: {} } };
  return { description: 'Done' };
}

function pathParameters(path: string) {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(query: z.ZodObject) {
  const { properties = {}, required = [] } = jsonSchema(query, 'input');
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

/** What a schema checks beyond what JSON Schema can say is left out. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output') {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

function json(schema: object) {
  return { 'application/json': { schema } };
}

import {
  apiKeyListSchema,
  loginRequestSchema,
  loginStateSchema,
  madeApiKeySchema,
  newApiKeySchema,
  passwordRequestSchema,
} from '@parley/contracts/access-api';
import { accessRequestSchema } from '@parley/contracts/http-api';
import type { Operation } from './operation.ts';

export const ACCESS: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/keys',
    summary: 'The API keys, without their secrets',
    scope: 'admin',
    answer: { status: 200, schema: apiKeyListSchema },
  },
  {
    method: 'post',
    path: '/api/keys',
    summary: 'Makes an API key; the answer alone shows it',
    scope: 'admin',
    body: newApiKeySchema,
    answer: { status: 201, schema: madeApiKeySchema },
  },
  {
    method: 'delete',
    path: '/api/keys/{keyId}',
    summary: 'Makes an API key open nothing any more',
    scope: 'admin',
    answer: { status: 204 },
  },
  {
    method: 'get',
    path: '/api/login',
    summary: 'Whether there is a login, and what this request came in with',
    scope: null,
    answer: { status: 200, schema: loginStateSchema },
  },
  {
    method: 'post',
    path: '/api/login',
    summary: 'Swaps the password for a cookie',
    scope: null,
    body: loginRequestSchema,
    answer: { status: 204 },
  },
  {
    method: 'put',
    path: '/api/login',
    summary: 'Sets the password, the first one or another',
    scope: 'admin',
    body: passwordRequestSchema,
    answer: { status: 204 },
  },
  {
    method: 'delete',
    path: '/api/login',
    summary: 'Ends this login',
    scope: null,
    answer: { status: 204 },
  },
  {
    method: 'post',
    path: '/api/access',
    summary: 'Swaps the access key for a cookie',
    scope: null,
    body: accessRequestSchema,
    answer: { status: 204 },
  },
];

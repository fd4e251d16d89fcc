import {
  agentsAnswerSchema,
  embedAnswerSchema,
  healthSchema,
  rejoinRequestSchema,
  tokenAnswerSchema,
  tokenRequestSchema,
} from '@parley/contracts/http-api';
import { z } from 'zod';
import type { Operation } from './operation.ts';

export const ROOMS: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/token',
    summary: 'Begins a call: makes its room with its agent, and gives a token to join it',
    scope: 'calls:dial',
    body: tokenRequestSchema,
    answer: { status: 200, schema: tokenAnswerSchema },
  },
  {
    method: 'post',
    path: '/api/token/rejoin',
    summary: 'Brings a participant back into its call',
    scope: null,
    body: rejoinRequestSchema,
    answer: { status: 200, schema: tokenAnswerSchema },
  },
  {
    method: 'get',
    path: '/api/agents',
    summary: 'The agents that can be called',
    scope: 'any',
    answer: { status: 200, schema: agentsAnswerSchema },
  },
  {
    method: 'get',
    path: '/api/embed',
    summary: 'Whether a page may embed calls with an agent',
    scope: null,
    query: z.object({ agent: z.string().optional() }),
    answer: { status: 200, schema: embedAnswerSchema },
  },
  {
    method: 'get',
    path: '/api/health',
    summary: 'Whether calls would be answered, and why not',
    scope: null,
    answer: { status: 200, schema: healthSchema },
  },
];

import { callDetailSchema } from '@parley/contracts/call-record';
import {
  callExportRequestSchema,
  callListRequestSchema,
  callListSchema,
  callStatsRequestSchema,
  callStatsSchema,
  providersRequestSchema,
  recordingLinkRequestSchema,
  recordingLinkSchema,
  recordingRequestSchema,
} from '@parley/contracts/calls-api';
import { z } from 'zod';
import type { Operation } from './operation.ts';

const CALL = '/api/calls/{callId}';
const RECORDING = `${CALL}/recording`;

export const CALLS: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/calls',
    summary: 'Calls, the newest first, page by page; those that fit every filter',
    scope: 'calls:read',
    query: callListRequestSchema,
    answer: { status: 200, schema: callListSchema },
  },
  {
    method: 'get',
    path: '/api/calls/stats',
    summary: 'How many calls, how long, how fast and why they ended, by hour or day',
    scope: 'calls:read',
    query: callStatsRequestSchema,
    answer: { status: 200, schema: callStatsSchema },
  },
  {
    method: 'get',
    path: '/api/calls/export',
    summary: 'Every call that fits, as JSON or CSV',
    scope: 'calls:read',
    query: callExportRequestSchema,
    answer: { status: 200, contentType: 'text/csv', what: 'A row a call; or JSON, as asked for' },
  },
  {
    method: 'get',
    path: '/api/calls/live',
    summary: 'Running calls and what is said in them, as server-sent events',
    scope: 'calls:read',
    answer: { status: 200, contentType: 'text/event-stream', what: 'Events without end' },
  },
  {
    method: 'get',
    path: CALL,
    summary: 'One call with its turns, tool calls and moments',
    scope: 'calls:read',
    answer: { status: 200, schema: callDetailSchema },
  },
  {
    method: 'delete',
    path: CALL,
    summary: 'Deletes a call that is over, with all that is stored of it',
    scope: 'admin',
    answer: { status: 204 },
  },
  {
    method: 'get',
    path: `${CALL}/journal`,
    summary: 'Every event and command of the call, as it was decided: for `npm run replay`',
    scope: 'calls:read',
    answer: { status: 200, contentType: 'application/x-ndjson', what: 'Its journals, one after the other' },
  },
  {
    method: 'post',
    path: `${CALL}/end`,
    summary: 'Ends a running call for everybody in it',
    scope: 'calls:dial',
    answer: { status: 202 },
  },
  {
    method: 'post',
    path: `${CALL}/providers`,
    summary: 'Another provider or another language for a running call, from here on',
    scope: 'calls:dial',
    body: providersRequestSchema,
    answer: { status: 202 },
  },
  {
    method: 'get',
    path: RECORDING,
    summary:
      'How the call sounded: the caller left, the agent right; takes Range, and a signed link in place of a key',
    scope: 'calls:listen',
    query: z.object({ signature: z.string().optional() }),
    answer: {
      status: 200,
      contentType: 'audio/wav',
      what: 'The recording, or the part of it that is asked for',
    },
  },
  {
    method: 'post',
    path: RECORDING,
    summary: 'Pauses the recording of a running call, and lets it go on',
    scope: 'calls:dial',
    body: recordingRequestSchema,
    answer: { status: 202 },
  },
  {
    method: 'post',
    path: `${RECORDING}/link`,
    summary: 'An address that plays the recording without a key, for a while',
    scope: 'calls:listen',
    body: recordingLinkRequestSchema,
    answer: { status: 200, schema: recordingLinkSchema },
  },
  {
    method: 'get',
    path: `${CALL}/peaks`,
    summary: 'The recording as a picture: audiowaveform JSON, version 2',
    scope: 'calls:listen',
    query: z.object({ signature: z.string().optional() }),
    answer: {
      status: 200,
      contentType: 'application/json',
      what: 'Lowest and highest samples of both channels',
    },
  },
];

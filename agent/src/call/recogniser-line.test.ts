import { participantIdSchema } from '@parley/contracts/ids';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createAsyncQueue } from '../runtime/async-queue.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import { createProviderHealth } from '../runtime/provider-health.ts';
import { createTaskGroup } from '../runtime/task-group.ts';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import type { Stt, SttEvent } from '../stt/contract.ts';
import { createSwitchedStt } from '../stt/switched.ts';
import type { NewCallEvent } from './call-driver.ts';
import { openRecogniserLine } from './recogniser-line.ts';

const ann = participantIdSchema.parse('ann');
const log = pino({ level: 'silent' });

/** A line whose recogniser says what the test has it say. */
function openTestLine() {
  const clock = createVirtualClock();
  const sent: NewCallEvent[] = [];
  const streams: { say: (event: SttEvent) => void; lose: (error: Error) => void }[] = [];
  const stage: Stt = {
    provider: 'test',
    model: 'test-1',
    capabilities: {
      givesInterims: true,
      givesSpeechEvents: true,
      finalizeAfterSilenceMs: 200,
      mayGoDeaf: true,
    },
    warm: async () => {},
    close: async () => {},
    open({ signal }) {
      const events = createAsyncQueue<SttEvent>(100);
      signal.addEventListener('abort', () => events.end(), { once: true });
      streams.push({ say: (event) => void events.push(event), lose: events.fail });
      return {
        push: () => {},
        finalize: () => {},
        [Symbol.asyncIterator]: () => events[Symbol.asyncIterator](),
      };
    },
  };
  const health = createProviderHealth({ clock });
  const order = [{ stage, baseUrl: 'ws://vendor', key: null }] as const;
  const stt = createSwitchedStt({ order, health, clock, log, onSwitched: () => {} });
  const group = createTaskGroup();
  const closing = new AbortController();
  const { signal } = closing;
  const send = (event: NewCallEvent) => void sent.push(event);
  const hearing = { participantId: ann, stt, language: 'en', prefixPaddingMs: 300 };
  openRecogniserLine({ ...hearing, send, log, spawn: group.spawn, signal });
  const stream = (index: number) => streams[index] ?? expect.fail(`no stream ${index}`);
  return { clock, sent, streams, stream, group, close: () => closing.abort(new Error('over')) };
}

it('tells the call what its recogniser hears, with the language where that is told', async () => {
  const { clock, sent, stream } = openTestLine();
  const final = { type: 'final', outcome: 'words', words: [], wordCount: 1 } as const;
  stream(0).say({ type: 'speechStarted' });
  stream(0).say({ type: 'interim', text: 'ho' });
  stream(0).say({ type: 'speechEnded' });
  stream(0).say({ ...final, text: 'hola', answersFinalize: false, language: 'es' });
  stream(0).say({ ...final, text: 'sí', answersFinalize: false });
  await clock.advance(1);
  expect(sent).toEqual([
    { type: 'sttSpeechStarted', data: { participantId: ann } },
    { type: 'transcriptChanged', data: { participantId: ann, text: 'ho' } },
    { type: 'sttSpeechEnded', data: { participantId: ann } },
    {
      type: 'transcriptFinal',
      data: {
        participantId: ann,
        text: 'hola',
        outcome: 'words',
        wordCount: 1,
        answersFinalize: false,
        language: 'es',
      },
    },
    {
      type: 'transcriptFinal',
      data: { participantId: ann, text: 'sí', outcome: 'words', wordCount: 1, answersFinalize: false },
    },
  ]);
});

it('outlives a stream that is lost, and tells the call where nobody takes the participant', async () => {
  const { clock, sent, streams, stream, group } = openTestLine();
  stream(0).lose(new ProviderError('unavailable', 'gone', { provider: 'test', retryable: true }));
  await clock.advance(1);
  expect(streams).toHaveLength(2);
  const refused = new ProviderError('bad_request', 'no such language', {
    provider: 'test',
    retryable: false,
  });
  stream(1).lose(refused);
  await clock.advance(10_000);
  for (let index = 2; index < streams.length; index++) stream(index).lose(refused);
  await clock.advance(10_000);
  expect(sent).toEqual([
    { type: 'sttFailed', data: { participantId: ann, code: 'bad_request', message: expect.any(String) } },
  ]);
  await group.close();
  group.rethrow();
});

it('ends with the call, without a word', async () => {
  const { clock, sent, close } = openTestLine();
  close();
  await clock.advance(10_000);
  expect(sent).toEqual([]);
});

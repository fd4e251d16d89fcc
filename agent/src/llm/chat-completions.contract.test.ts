import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import type { LlmEvent } from './contract.ts';
import { openaiLlm } from './openai.ts';

test('an answer that is whole ends, though its server keeps the stream open', async () => {
  const clock = createVirtualClock();
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    send(response, { choices: [{ index: 0, delta: { content: 'Yes.' } }] });
    send(response, {
      choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
      usage: { prompt_tokens: 7 },
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const llm = openaiLlm.create({
    model: 'gpt-4.1-mini',
    settings: {},
    apiKey: 'key',
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    clock,
    log: pino({ level: 'silent' }),
  });
  onTestFinished(async () => {
    await llm.close();
    server.close();
  });
  const events: LlmEvent[] = [];
  const outcome = { end: 'running' as unknown };
  const read = async () => {
    const request = { instructions: '', messages: [], node: 'start', tools: [] };
    for await (const event of llm.stream(request, { signal: new AbortController().signal }))
      events.push(event);
  };
  read().then(
    () => Object.assign(outcome, { end: 'ended' }),
    (error: unknown) => Object.assign(outcome, { end: error }),
  );
  await expect.poll(() => clock.pendingTimers).toBe(1);
  expect(outcome.end).toBe('running');
  await clock.advance(1_000);
  await expect.poll(() => outcome.end).toBe('ended');
  expect(events).toMatchObject([
    { type: 'text', text: 'Yes.' },
    { type: 'usage', inputTokens: 7 },
  ]);
  expect(clock.pendingTimers).toBe(0);
});

function send(response: ServerResponse, chunk: object): void {
  response.write(`data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', ...chunk })}\n\n`);
}

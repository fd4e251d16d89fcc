import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatedGoogle } from '../google/google.ts';
import { simulatedOllama } from '../ollama/ollama.ts';
import { simulatedOpenai } from '../openai/openai.ts';
import { type Simulators, startSimulators } from '../start-simulators.ts';
import { simulatedXai } from '../xai/xai.ts';

const BOOK = { name: 'book', arguments: { people: 2 } };

let simulators: Simulators;
beforeAll(async () => {
  simulators = await startSimulators({
    vendors: [simulatedOpenai, simulatedGoogle, simulatedXai, simulatedOllama],
    delays: { llmFirstTokenMs: 0, llmPerWordMs: 0 },
    script: { answers: [{ when: /book/, text: 'One moment. ', calls: [BOOK] }] },
  });
});
afterAll(() => simulators.stop());

/** The deltas and the end of a stream, as its bytes say. */
async function exchange(vendor: string, model: string, more: Readonly<Record<string, unknown>> = {}) {
  const response = await fetch(`${simulators.baseUrls[vendor]}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer K', 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: 'book a table' }],
      tools: [{ type: 'function', function: { name: 'book', parameters: {} } }],
      ...more,
    }),
  });
  const events = (await response.text()).split('\n\n').filter(Boolean);
  const chunks = events.slice(0, -1).map((event) => JSON.parse(event.replace('data: ', '')));
  return {
    last: events.at(-1),
    chunks,
    deltas: chunks.flatMap(({ choices }) => choices.map(({ delta }: { delta: unknown }) => delta)),
    finishes: chunks.flatMap(({ choices }) =>
      choices.flatMap((choice: { finish_reason: string | null }) => choice.finish_reason ?? []),
    ),
  };
}

describe('the wire of simulated models', () => {
  it('is that of OpenAI: a role, words, a call in pieces, usage in a chunk of its own, [DONE]', async () => {
    const { chunks, deltas, finishes, last } = await exchange('openai', 'gpt-4o', {
      stream_options: { include_usage: true, include_obfuscation: false },
    });
    expect(deltas).toEqual([
      { role: 'assistant', content: '', refusal: null },
      { content: 'One ' },
      { content: 'moment. ' },
      {
        tool_calls: [
          { index: 0, id: expect.any(String), type: 'function', function: { name: 'book', arguments: '' } },
        ],
      },
      { tool_calls: [{ index: 0, function: { arguments: '{"people' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '":2}' } }] },
      {},
    ]);
    expect(finishes).toEqual(['tool_calls']);
    expect(new Set(chunks.map(({ id, created }) => `${id} ${created}`)).size).toBe(1);
    expect(chunks.map(({ usage }) => usage === null)).toEqual([...Array(7).fill(true), false]);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: expect.any(Number) } });
    expect(chunks[0]).not.toHaveProperty('obfuscation');
    expect(last).toBe('data: [DONE]');
  });

  it('is that of Gemini: a whole call without an index or id, signed, `stop`, usage on every chunk', async () => {
    const { chunks, deltas, finishes, last } = await exchange('google', 'gemini-3.5-flash-lite');
    expect(deltas.at(-2)).toEqual({
      role: 'assistant',
      tool_calls: [
        {
          id: '',
          type: 'function',
          function: { name: 'book', arguments: '{"people":2}' },
          extra_content: { google: { thought_signature: expect.any(String) } },
        },
      ],
    });
    expect(finishes).toEqual(['stop']);
    expect(chunks.every(({ usage }) => usage.total_tokens > 0)).toBe(true);
    expect(last).toBe('data: [DONE]');
  });

  it('is that of Grok: thinking apart, a whole call with an index', async () => {
    const { deltas, finishes } = await exchange('xai', 'grok-4.3');
    expect(deltas[0]).toHaveProperty('reasoning_content');
    expect(deltas.at(-2)).toMatchObject({
      tool_calls: [{ index: 0, function: { arguments: '{"people":2}' } }],
    });
    expect(finishes).toEqual(['tool_calls']);
  });

  it('is that of Ollama: its thinking under another name, its fingerprint on every chunk', async () => {
    const { chunks, deltas } = await exchange('ollama', 'qwen3');
    expect(deltas[0]).toMatchObject({ content: '', reasoning: expect.any(String) });
    expect(chunks.every(({ system_fingerprint }) => system_fingerprint === 'fp_ollama')).toBe(true);
    expect(Object.keys(chunks.at(-1).usage)).toEqual(['prompt_tokens', 'completion_tokens', 'total_tokens']);
  });

  it('lists models, and answers whole where no stream is asked for', async () => {
    for (const vendor of ['openai', 'google', 'xai', 'ollama']) {
      const base = simulators.baseUrls[vendor];
      const headers = { authorization: 'Bearer K' };
      const { data } = JSON.parse(await (await fetch(`${base}/models`, { headers })).text());
      expect(data[0]).toMatchObject({ object: 'model', id: expect.any(String) });
      const whole = await fetch(`${base}/chat/completions`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] }),
      });
      expect(await whole.json()).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
    }
  });

  it('refuses in the words of each', async () => {
    const refused = async (vendor: string, key: string, body: string) => {
      const response = await fetch(`${simulators.baseUrls[vendor]}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
        body,
      });
      return [response.status, await response.json()];
    };
    expect(await refused('openai', 'wrong', '{}')).toEqual([
      401,
      { error: expect.objectContaining({ code: 'invalid_api_key' }) },
    ]);
    expect(await refused('google', 'wrong', '{}')).toEqual([
      400,
      [{ error: expect.objectContaining({ code: 400, status: 'INVALID_ARGUMENT' }) }],
    ]);
    expect(await refused('xai', 'wrong', '{}')).toEqual([
      400,
      { code: 'invalid-argument', error: expect.stringContaining('Incorrect API key') },
    ]);
    expect(await refused('ollama', '', 'no json')).toEqual([
      400,
      { error: expect.objectContaining({ type: 'invalid_request_error', code: null }) },
    ]);
  });
});

import OpenAI from 'openai';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { openaiFault } from './openai-fault.ts';

test.each(['sk-of\nnobody', 'sk-of\u2019nobody'])(
  'a key that cannot be sent, %j, is a wrong key and is quoted nowhere',
  async (key) => {
    const client = new OpenAI({ apiKey: key, baseURL: 'http://127.0.0.1:9', maxRetries: 0 });
    const thrown = await client.models.list().then(
      () => null,
      (error: unknown) => error,
    );
    const fault = openaiFault(thrown, { provider: 'tested', secrets: [key] });
    expect(fault).toMatchObject({ code: 'auth', retryable: false });
    const lines: string[] = [];
    pino({}, { write: (line) => void lines.push(line) }).warn({ err: fault }, 'it failed');
    expect(lines.join('')).toContain('auth');
    expect(`${lines.join('')} ${fault.message}`).not.toMatch(/nobody/);
  },
);

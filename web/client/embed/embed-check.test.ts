import { describe, expect, it } from 'vitest';
import { checkEmbed } from './embed-check.ts';

const check = (answer: () => Promise<Response>, agent = 'helpdesk') => {
  const asked: string[] = [];
  const fetch = async (input: RequestInfo | URL) => {
    asked.push(String(input));
    return answer();
  };
  const outcome = checkEmbed({
    fetch,
    server: new URL('https://voice.example/'),
    agent,
    signal: new AbortController().signal,
  });
  return { asked, outcome };
};

describe('asking whether a call can be embedded', () => {
  it('names the agent, and nothing for the default one', async () => {
    const allowed = async () => Response.json({ agent: { name: 'helpdesk', title: 'Help desk' } });
    const named = check(allowed, 'help desk');
    expect(await named.outcome).toEqual({ kind: 'allowed', title: 'Help desk' });
    expect(named.asked).toEqual(['https://voice.example/api/embed?agent=help+desk']);
    expect(check(allowed, '').asked).toEqual(['https://voice.example/api/embed']);
  });

  it('passes on why it cannot', async () => {
    const error = { code: 'origin_not_allowed', message: 'Pages of X may not use this server.' };
    const { outcome } = check(async () => Response.json({ error }, { status: 403 }));
    expect(await outcome).toEqual({ kind: 'refused', ...error });
  });

  it('says so when no server of ours answers', async () => {
    const away = check(async () => {
      throw new TypeError('Failed to fetch');
    });
    expect(await away.outcome).toMatchObject({ code: 'unreachable' });
    expect(await check(async () => new Response('<html>', { status: 502 })).outcome).toMatchObject({
      code: 'unreachable',
    });
  });
});

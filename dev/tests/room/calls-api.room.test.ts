import { madeApiKeySchema, type Scope } from '@parley/contracts/access-api';
import { type CallDetail, callDetailSchema } from '@parley/contracts/call-record';
import { callListSchema } from '@parley/contracts/calls-api';
import { describe, expect, it } from 'vitest';
import { heardOut, joinWith, type Ticket, until } from './parley-call.ts';
import { openParleyStage } from './parley-stage.ts';
import { filesOf } from './stored-call.ts';

const stage = openParleyStage(1);

/** The API as who holds a key sees it; without one as who runs the server. */
function apiWith(key?: string) {
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${stage.parley.url}${path}`, {
      ...init,
      headers: { ...init.headers, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
    });
  const post = (path: string, body: object) => ask(path, { method: 'POST', body: JSON.stringify(body) });
  return {
    ask,
    post,
    async callIds() {
      const { calls } = callListSchema.parse(await (await ask('/api/calls')).json());
      return calls.map(({ callId }) => callId);
    },
    async callThatIs(callId: string, isSo: (call: CallDetail) => boolean): Promise<CallDetail> {
      let call: CallDetail | undefined;
      await until(`the record of ${callId} is as it should be`, async () => {
        const response = await ask(`/api/calls/${callId}`);
        if (response.ok) call = callDetailSchema.parse(await response.json());
        return call !== undefined && isSo(call);
      });
      if (call === undefined) throw new Error(`${callId} is not stored`);
      return call;
    },
    /** What the live stream has told so far. */
    async follow() {
      const leaving = new AbortController();
      const response = await ask('/api/calls/live', { signal: leaving.signal });
      let told = '';
      const reading = (async () => {
        for await (const chunk of response.body ?? []) told += Buffer.from(chunk).toString('utf8');
      })().catch(() => {
        // It was left.
      });
      return {
        told: () => told,
        async leave() {
          leaving.abort();
          await reading;
        },
      };
    },
  };
}

async function keyFor(...scopes: readonly Scope[]) {
  const response = await apiWith().post('/api/keys', { name: 'of a test', scopes });
  return apiWith(madeApiKeySchema.parse(await response.json()).key);
}

describe('a call that was begun with an API key', () => {
  it('is known to that key from its first word to its end, to no other, and goes without a trace', async () => {
    const mine = await keyFor('calls:dial', 'calls:read', 'calls:listen');
    const other = await keyFor('calls:dial', 'calls:read', 'calls:listen');
    const [followed, unseen] = [await mine.follow(), await other.follow()];

    const asked = await mine.post('/api/token', {
      room_config: { agents: [{ agent_name: 'receptionist' }] },
    });
    const caller = await joinWith((await asked.json()) as Ticket);
    await heardOut(caller);
    const callId = caller.roomSid;
    await caller.sendChat('What are your prices?');
    await until('the turn is told', () => followed.told().includes('What are your prices?'));
    expect(followed.told()).toMatch(/event: snapshot\n.*\n\n.*\nevent: call\.started\n/);
    expect((await mine.ask(`/api/calls/${callId}/recording`)).status).toBe(409);
    expect((await other.post(`/api/calls/${callId}/end`, {})).status).toBe(404);
    expect((await mine.post(`/api/calls/${callId}/end`, {})).status).toBe(202);

    const call = await mine.callThatIs(callId, ({ recording }) => recording === 'ready');
    expect(call).toMatchObject({ state: 'ended', endReason: 'room_closed', agent: 'receptionist' });
    expect(call.turns.map(({ text }) => text)).toContain('What are your prices?');
    await until('the end is told', () => followed.told().includes('event: call.ended'));
    const part = await mine.ask(`/api/calls/${callId}/recording`, { headers: { range: 'bytes=0-11' } });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer()).toString('latin1')).toMatch(/^RIFF....WAVE$/s);
    const { length } = (await (await mine.ask(`/api/calls/${callId}/peaks`)).json()) as { length: number };
    expect(length).toBeGreaterThan(100);
    const journal = await (await mine.ask(`/api/calls/${callId}/journal`)).text();
    expect(journal.split('\n').length).toBeGreaterThan(50);

    expect(await other.callIds()).toEqual([]);
    expect((await other.ask(`/api/calls/${callId}`)).status).toBe(404);
    expect(unseen.told()).not.toContain(callId);
    await Promise.all([followed.leave(), unseen.leave()]);

    expect((await mine.ask(`/api/calls/${callId}`, { method: 'DELETE' })).status).toBe(403);
    expect((await apiWith().ask(`/api/calls/${callId}`, { method: 'DELETE' })).status).toBe(204);
    expect(await filesOf(stage.parley, callId)).toEqual([]);
    expect(await apiWith().callIds()).toEqual([]);
  }, 120_000);
});

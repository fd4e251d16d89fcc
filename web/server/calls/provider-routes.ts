import { providersRequestSchema } from '@parley/contracts/calls-api';
import { MAIN_SEAT } from '@parley/contracts/ids';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { AccessGuard } from '../access/access-guard.ts';
import { callScopeOf } from '../access/principal.ts';
import type { Database } from '../database/database.ts';
import { ApiError } from '../http/api-error.ts';
import type { ServerEnv } from '../http/client-address.ts';
import { readJsonBody } from '../http/json-body.ts';
import type { Sfu } from '../livekit/sfu.ts';
import { orUnavailable } from '../token/token-answer.ts';
import { journalHeader, storedJournals } from './journal-rows.ts';
import { requireCall } from './require-call.ts';

/** What the settings of a journal tell of who may fulfil the stages of its call, as `provider/model`. */
const knownProvidersSchema = z.object({
  providers: z.record(z.enum(['stt', 'llm', 'tts']), z.array(z.string())),
});

/** `POST /api/calls/{id}/providers`: another provider or language for a call that goes on. */
export function createProviderRoutes(deps: {
  readonly access: Pick<AccessGuard, 'require'>;
  readonly database: () => Database;
  readonly sfu: Pick<Sfu, 'sendCommand'>;
}) {
  const { access, database, sfu } = deps;
  const app = new Hono<ServerEnv>();
  app.post('/:callId/providers', async (c: Context<ServerEnv>) => {
    const scope = callScopeOf(await access.require(c, 'calls:dial'));
    const call = await requireCall(c, database(), scope);
    const wanted = await readJsonBody(c, providersRequestSchema);
    if (call.state === 'ended')
      throw new ApiError('call_over', 'This call is over: nobody hears or speaks in it any more.');
    const known = await providersOf(database(), call.number);
    for (const stage of ['stt', 'llm', 'tts'] as const) {
      const name = wanted[stage];
      const ids = known?.[stage] ?? [];
      // Before its journal is here, the call itself decides what it has.
      if (name === undefined || known === null || ids.some((id) => id === name || id.startsWith(`${name}/`)))
        continue;
      const message = `this call has no "${name}" for ${stage}; its agent has: ${ids.join(', ')}`;
      throw new ApiError('invalid_field', `${stage}: ${message}`);
    }
    await orUnavailable(sfu.sendCommand(call.roomName, call.callId, { type: 'useProviders', ...wanted }));
    return c.body(null, 202);
  });
  return app;
}

async function providersOf({ db }: Database, callNumber: number) {
  const last = (await storedJournals(db, callNumber, MAIN_SEAT)).at(-1);
  if (last === undefined) return null;
  const { settings } = await journalHeader(db, { callNumber, seat: MAIN_SEAT, generation: last.generation });
  return knownProvidersSchema.safeParse(settings).data?.providers ?? null;
}

import { type JobMetadata, jobMetadataSchema } from '@parley/contracts/dispatch';
import type { TokenRequest } from '@parley/contracts/http-api';
import { z } from 'zod';
import { ApiError } from '../http/api-error.ts';

const METADATA_FIELD = 'room_config.agents[0].metadata';

/** What a variable's name may be; values are what the dispatch contract allows, at most 1,024 characters. */
const variablesSchema = z.record(
  z.string().regex(/^(?!__)[A-Za-z_][A-Za-z0-9_]{0,63}$/),
  z.string().max(1024),
);

/** Name of the agent that a token request asks for; null for the default one. */
export function requestedAgent(request: TokenRequest): string | null {
  return request.room_config?.agents?.[0]?.agent_name || null;
}

/**
 * The dispatch that a token request asks for. `knownAgents` null means that no worker has said yet what there is: the
 * request is taken, and the watch of the call tells its caller what became of it. Throws `ApiError`.
 */
export function requestedJob(request: TokenRequest, knownAgents: readonly string[] | null): JobMetadata {
  const agent = requestedAgent(request);
  if (agent !== null && knownAgents !== null && !knownAgents.includes(agent)) {
    throw new ApiError(
      'unknown_agent',
      `No agent is named ${JSON.stringify(agent)}. There ${knownAgents.length === 1 ? 'is' : 'are'}: ` +
        `${knownAgents.join(', ') || 'none'}.`,
      { field: 'room_config.agents[0].agent_name' },
    );
  }
  const variables = readVariables(request.room_config?.agents?.[0]?.metadata ?? '');
  return jobMetadataSchema.parse({ ...(agent === null ? {} : { agent }), variables });
}

function readVariables(text: string): JobMetadata['variables'] {
  if (text.trim() === '') return {};
  const fault = (what: string) =>
    new ApiError(
      'invalid_field',
      `${METADATA_FIELD}: ${what}. Send a JSON object of texts, for example {"name":"Ada"}: letters, digits and _ in a ` +
        'name, at most 1024 characters in a value.',
      { field: METADATA_FIELD },
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fault('is not JSON');
  }
  const parsed = variablesSchema.safeParse(json);
  if (!parsed.success) throw fault('holds what is no variable');
  return Object.fromEntries(
    Object.entries(parsed.data).map(([name, value]) => [name, { value, source: 'token' as const }]),
  );
}

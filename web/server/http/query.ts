import type { Context } from 'hono';
import type { z } from 'zod';
import { ApiError } from './api-error.ts';
import { fieldError } from './json-body.ts';

/** Reads the parameters of a request's address by their schema. Throws an `ApiError` that names the first one at fault. */
export function readQuery<T>(c: Context, schema: z.ZodType<T>): T {
  const given: Record<string, string> = {};
  for (const [name, values] of Object.entries(c.req.queries())) {
    const [value = '', second] = values;
    if (second !== undefined)
      throw new ApiError('invalid_field', `${name} stands there twice: leave one out.`, { field: name });
    // A form sends every field; an empty one asks for nothing.
    // PostgreSQL keeps no zero character.
    if (value !== '') given[name] = value.replaceAll('\0', '\uFFFD');
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw issue === undefined ? parsed.error : fieldError(issue);
}

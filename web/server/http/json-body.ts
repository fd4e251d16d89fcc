import type { Context } from 'hono';
import type { z } from 'zod';
import { ApiError } from './api-error.ts';

/** Reads a request's body by its schema. Rejects with an `ApiError` that names the first field at fault. */
export async function readJsonBody<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  const text = await c.req.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const what = text.trim() === '' ? 'The body is empty' : 'The body is not JSON';
    throw new ApiError(
      'malformed_json',
      `${what}. Send a JSON object; {} is enough where no field is required.`,
      { cause },
    );
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw issue === undefined ? parsed.error : fieldError(issue);
}

/** What is told of a fault that a schema found. */
export function fieldError(issue: z.core.$ZodIssue): ApiError {
  if (issue.code === 'unrecognized_keys') {
    const field = formatPath([...issue.path, ...issue.keys.slice(0, 1)]);
    return new ApiError(
      'invalid_field',
      `${field} is not known here, or cannot be set by a client: leave it out.`,
      { field },
    );
  }
  const field = formatPath(issue.path);
  if (field === '') return new ApiError('invalid_field', `The body has the wrong form: ${issue.message}.`);
  return new ApiError('invalid_field', `${field}: ${issue.message}.`, { field });
}

/** As a person writes it: `room_config.agents[0].metadata`. */
function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

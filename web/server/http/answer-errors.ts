import type { Env, Hono } from 'hono';
import type { Logger } from 'pino';
import { isDatabaseAway } from '../database/is-away.ts';
import { StoreError } from '../object-store/store-error.ts';
import { ApiError } from './api-error.ts';

/** Answers whatever a route throws, and every path that there is not, in the one form that errors have. */
export function answerErrors<E extends Env>(app: Hono<E>, log: Logger): void {
  app.notFound((c) => {
    c.header('Cache-Control', 'no-store');
    return c.json(new ApiError('not_found', `There is nothing at ${c.req.path}.`).toBody(), 404);
  });
  app.onError((error, c) => {
    const answer = answerFor(error);
    const cause = error instanceof ApiError ? error.cause : error;
    if (answer.status >= 500) log.error({ err: cause ?? error, path: c.req.path }, answer.message);
    else log.debug({ code: answer.code, path: c.req.path, err: answer.cause }, 'a request was refused');
    for (const [name, value] of Object.entries(answer.headers)) c.header(name, value);
    c.header('Cache-Control', 'no-store');
    return c.json(answer.toBody(), answer.status);
  });
}

function answerFor(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof StoreError)
    return new ApiError(
      'recordings_unavailable',
      "The store of recordings does not answer as it should; the server's log says why. A deletion that was begun is brought " +
        'to its end once it does. Try again in a few seconds.',
      { headers: { 'Retry-After': '5' } },
    );
  if (!isDatabaseAway(error)) return new ApiError('internal', 'The server failed at this. Its log says why.');
  return new ApiError(
    'database_unavailable',
    'The database does not answer. Calls go on without it; try again in a few seconds. GET /api/health says more.',
    { headers: { 'Retry-After': '5' } },
  );
}

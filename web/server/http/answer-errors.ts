import type { Env, Hono } from 'hono';
import type { Logger } from 'pino';
import { ApiError } from './api-error.ts';

/** Answers whatever a route throws, and every path that there is not, in the one form that errors have. */
export function answerErrors<E extends Env>(app: Hono<E>, log: Logger): void {
  app.notFound((c) => {
    c.header('Cache-Control', 'no-store');
    return c.json(new ApiError('not_found', `There is nothing at ${c.req.path}.`).toBody(), 404);
  });
  app.onError((error, c) => {
    const known = error instanceof ApiError ? error : null;
    const answer = known ?? new ApiError('internal', 'The server failed at this. Its log says why.');
    if (answer.status >= 500) log.error({ err: known?.cause ?? error, path: c.req.path }, answer.message);
    else log.debug({ code: answer.code, path: c.req.path, err: answer.cause }, 'a request was refused');
    for (const [name, value] of Object.entries(answer.headers)) c.header(name, value);
    c.header('Cache-Control', 'no-store');
    return c.json(answer.toBody(), answer.status);
  });
}

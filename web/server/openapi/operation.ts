import type { Scope } from '@parley/contracts/access-api';
import type { z } from 'zod';

/** What can be asked over the HTTP API, for who writes a client. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With `{name}` for its parameters. */
  readonly path: string;
  readonly summary: string;
  /** What the request must be allowed; `any` of them, or null where nothing is asked. */
  readonly scope: Scope | 'any' | null;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer:
    | { readonly status: 200 | 201; readonly schema: z.ZodType }
    /** Something else than JSON. */
    | { readonly status: 200; readonly contentType: string; readonly what: string }
    /** Nothing in it. */
    | { readonly status: 202 | 204 };
}

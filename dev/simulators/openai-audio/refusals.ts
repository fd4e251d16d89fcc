/** OpenAI's way to say no. Source: openai 6.49 core/error.d.ts, resources/shared.d.ts ErrorObject. */
export interface OpenaiFaultBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

/** A request that asks for what there is not. */
export function invalidRequest(
  message: string,
  param: string | null,
  code: string | null = null,
): OpenaiFaultBody {
  return { error: { message, type: 'invalid_request_error', param, code } };
}

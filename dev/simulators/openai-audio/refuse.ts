import { openaiError } from '../openai/openai-error.ts';
import type { HttpExchange } from '../simulated-vendor.ts';

/** What a request asks for that there is not. */
export interface BadRequest {
  readonly status?: number;
  readonly message: string;
  readonly param?: string;
  readonly code?: string;
}

/** Answers 400, or what is said, as OpenAI does. */
export function refuse(exchange: HttpExchange, { status = 400, message, ...detail }: BadRequest): void {
  const refusal = openaiError(status, message, detail);
  exchange.json(refusal.status, JSON.parse(refusal.body), refusal.headers);
}

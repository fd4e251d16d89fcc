import type { Speech } from './speech.ts';

/** What the thread is asked for; it answers each request, in order, under the same id. */
export type ToFlite =
  | { readonly type: 'synthesise'; readonly id: number; readonly voice: string; readonly text: string }
  | { readonly type: 'pronounce'; readonly id: number; readonly word: string };

export type FromFlite =
  | { readonly type: 'speech'; readonly id: number; readonly speech: Speech }
  | { readonly type: 'phones'; readonly id: number; readonly phones: readonly string[] }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };

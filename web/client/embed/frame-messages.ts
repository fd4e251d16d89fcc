import { fieldsOf } from '../room/json-fields.ts';

/** What a framed call and the element around it tell each other by `postMessage`. */

/** From the frame. */
export type FrameNews =
  | { readonly type: 'parley-call:started' }
  | { readonly type: 'parley-call:ended'; readonly reason: string; readonly durationMs: number }
  /** How high the frame must be to show all of it, in CSS pixels. */
  | { readonly type: 'parley-call:sized'; readonly heightPx: number };

/** To the frame. */
export type FrameOrder =
  | { readonly type: 'parley-call:end' }
  | { readonly type: 'parley-call:theme'; readonly theme: Theme };

/** `auto` is what the visitor's system has. */
export type Theme = 'auto' | 'light' | 'dark';

export function readTheme(value: unknown): Theme {
  return value === 'light' || value === 'dark' ? value : 'auto';
}

/** News out of a message's data; null for what is none. */
export function readNews(data: unknown): FrameNews | null {
  const { type, reason, durationMs, heightPx } = fieldsOf(data);
  switch (type) {
    case 'parley-call:started':
      return { type };
    case 'parley-call:ended':
      return typeof reason === 'string' && isLength(durationMs) ? { type, reason, durationMs } : null;
    case 'parley-call:sized':
      return isLength(heightPx) ? { type, heightPx } : null;
    default:
      return null;
  }
}

/** An order out of a message's data; null for what is none. */
export function readOrder(data: unknown): FrameOrder | null {
  const { type, theme } = fieldsOf(data);
  switch (type) {
    case 'parley-call:end':
      return { type };
    case 'parley-call:theme':
      return { type, theme: readTheme(theme) };
    default:
      return null;
  }
}

function isLength(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

import { z } from 'zod';

/** In seconds, of the session or from the last commit: which is not published. */
const wordSchema = z.object({
  text: z.string().nullish(),
  start: z.number().nullish(),
  end: z.number().nullish(),
  type: z.string().nullish(),
});

const messageSchema = z.object({
  message_type: z.string(),
  text: z.string().nullish(),
  words: z.array(wordSchema).nullish(),
  language_code: z.string().nullish(),
  error: z.string().nullish(),
});

/** What a session tells, as far as it is of use. */
export type ScribeMessage =
  /** What was said since the last commit, so far. */
  | { readonly type: 'partial'; readonly text: string }
  /** A commit's text; `timed` follows it. */
  | { readonly type: 'committed'; readonly text: string }
  | {
      readonly type: 'timed';
      readonly text: string;
      /** In ms. */
      readonly words: readonly { readonly text: string; readonly startMs: number; readonly endMs: number }[];
      readonly language: string | null;
    }
  /** A commit for which there was too little sound, or nobody in it. */
  | { readonly type: 'nothingCommitted'; readonly isThrottled: boolean }
  | { readonly type: 'error'; readonly code: string; readonly detail: string }
  | { readonly type: 'other' };

/** Null: it is not JSON, or no message of the protocol. */
export function readScribeMessage(text: string): ScribeMessage | null {
  const parsed = messageSchema.safeParse(parse(text));
  if (!parsed.success) return null;
  const { message_type, text: said, words, language_code, error } = parsed.data;
  switch (message_type) {
    case 'partial_transcript':
      return { type: 'partial', text: said ?? '' };
    case 'committed_transcript':
      return { type: 'committed', text: said ?? '' };
    case 'committed_transcript_with_timestamps':
      return {
        type: 'timed',
        text: said ?? '',
        words: (words ?? [])
          .filter(({ type }) => (type ?? 'word') === 'word')
          .map((word) => ({
            text: word.text ?? '',
            startMs: 1000 * (word.start ?? 0),
            endMs: 1000 * (word.end ?? 0),
          })),
        language: language_code ?? null,
      };
    case 'commit_throttled':
      return { type: 'nothingCommitted', isThrottled: true };
    case 'insufficient_audio_activity':
      return { type: 'nothingCommitted', isThrottled: false };
    default:
      return error ? { type: 'error', code: message_type, detail: error } : { type: 'other' };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import type { FromCaller } from './caller-messages.ts';

/** One text stream of the room, for example a segment of a transcript. */
export interface HeardText {
  readonly streamId: string;
  readonly topic: string;
  /** Whose words they are. */
  readonly identity: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly openedAtMs: number;
  readonly deltas: readonly { readonly text: string; readonly atMs: number }[];
  readonly end: { readonly atMs: number; readonly isWhole: boolean } | null;
}

/** Text streams in the order in which they were opened. */
export function addHeardText(
  texts: readonly HeardText[],
  message: Extract<FromCaller, { readonly type: 'textOpened' | 'textDelta' | 'textClosed' }>,
): readonly HeardText[] {
  const { streamId, atMs } = message;
  if (message.type === 'textOpened') {
    const { topic, identity, attributes } = message;
    return [
      ...texts,
      { streamId, topic, identity, attributes, text: '', openedAtMs: atMs, deltas: [], end: null },
    ];
  }
  return texts.map((text) => {
    if (text.streamId !== streamId) return text;
    if (message.type === 'textClosed') return { ...text, end: { atMs, isWhole: message.isWhole } };
    return {
      ...text,
      text: text.text + message.text,
      deltas: [...text.deltas, { text: message.text, atMs }],
    };
  });
}

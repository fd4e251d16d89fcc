import type { TextNews } from './caller-messages.ts';

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
export function addHeardText(texts: readonly HeardText[], news: TextNews): readonly HeardText[] {
  const { streamId, atMs } = news;
  if (news.type === 'textOpened') {
    const { topic, identity, attributes } = news;
    return [
      ...texts,
      { streamId, topic, identity, attributes, text: '', openedAtMs: atMs, deltas: [], end: null },
    ];
  }
  return texts.map((text) => {
    if (text.streamId !== streamId) return text;
    if (news.type === 'textClosed') return { ...text, end: { atMs, isWhole: news.isWhole } };
    return {
      ...text,
      text: text.text + news.text,
      deltas: [...text.deltas, { text: news.text, atMs }],
    };
  });
}

/** Takes thinking out of an answer that begins with it, as servers of open models send it: `<think>…</think>`. */
export interface InlineThinking {
  /** What of the answer so far may be spoken, without what was given before and the white space it begins with. */
  push(text: string): string;
  /** What was held back, once the answer is whole. Thinking that never ended stays out. */
  flush(): string;
}

const OPENING = '<think>';
const CLOSING = '</think>';

type Phase =
  | { readonly kind: 'beginning'; readonly held: string }
  | { readonly kind: 'thinking'; readonly held: string }
  | { readonly kind: 'answering' };

export function createInlineThinking(): InlineThinking {
  let phase: Phase = { kind: 'beginning', held: '' };
  const push = (text: string): string => {
    switch (phase.kind) {
      case 'answering':
        return text;
      case 'beginning': {
        const held = phase.held + text;
        const begun = held.trimStart();
        if (begun.startsWith(OPENING)) {
          phase = { kind: 'thinking', held: '' };
          return push(begun.slice(OPENING.length));
        }
        if (OPENING.startsWith(begun)) {
          phase = { kind: 'beginning', held };
          return '';
        }
        phase = { kind: 'answering' };
        return begun;
      }
      case 'thinking': {
        const held = phase.held + text;
        const end = held.indexOf(CLOSING);
        if (end < 0) {
          phase = { kind: 'thinking', held: held.slice(-CLOSING.length) };
          return '';
        }
        phase = { kind: 'beginning', held: '' };
        return push(held.slice(end + CLOSING.length));
      }
    }
  };
  return {
    push,
    flush() {
      const held = phase.kind === 'beginning' ? phase.held.trimStart() : '';
      phase = { kind: 'answering' };
      return held;
    },
  };
}

/** Segments of a reply as one text: a space between them, but none between wide letters, which have no spaces. */
export function joinSegments(parts: readonly string[]): string {
  let text = '';
  for (const part of parts.map((given) => given.trim())) {
    const isWide = WIDE_END.test(text) && WIDE_START.test(part);
    text += text === '' || part === '' || isWide ? part : ` ${part}`;
  }
  return text;
}

const WIDE = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\u3000-\\u303F\\uFF00-\\uFFEF]';
const WIDE_END = new RegExp(`${WIDE}$`, 'u');
const WIDE_START = new RegExp(`^${WIDE}`, 'u');

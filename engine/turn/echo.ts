import { wordsOf } from './draft.ts';

/**
 * Speech that begins so long after the agent was last heard, in ms, is no echo, whatever its words: a line takes about
 * that there and back, and who is asked "the Indian or the Pacific?" answers with the agent's words.
 */
export const ECHO_REACH_MS = 300;
/** Fewer words may be a coincidence: who says "Tuesday" after "Monday or Tuesday?" answers. */
const FEWEST_WORDS = 2;
/** Of a long echo the last words are judged: 3 s of speech at 200 a minute. */
const MOST_WORDS = 10;
/** The agent's last words among which they are sought: a recogniser tells an echo of 3 s some words late. */
const REMEMBERED_WORDS = 20;
/** One word that began while the agent sounded, and asked nothing, is its own if it is among so many last ones. */
const LATE_WORDS = 3;
/** Share of the words that must be the agent's, in its order: a recogniser mishears some of an echo. */
const LOWEST_SHARE = 0.75;

/**
 * Whether what a participant said over the agent is the agent itself, come back through their loudspeaker. Only the
 * words are compared; the microphone is never blanked, so that who speaks into the echo is heard.
 */
export function isEcho(words: readonly string[], agentText: string, mayBeOneWord: boolean): boolean {
  const spoken = wordsOf(agentText);
  // Nobody says the agent's word with it, unless it asks; the echo is told some words late.
  if (words.length < FEWEST_WORDS)
    return mayBeOneWord && words.some((word) => spoken.slice(-LATE_WORDS).includes(word));
  const last = words.slice(-MOST_WORDS);
  return commonInOrder(last, spoken) / last.length >= LOWEST_SHARE;
}

/** The end of a text, as much as may come back. */
export function lastWords(text: string): string {
  return text.split(/\s+/).slice(-REMEMBERED_WORDS).join(' ');
}

/** Length of the longest sequence of words that both have in the same order. */
function commonInOrder(one: readonly string[], other: readonly string[]): number {
  let row = new Array<number>(other.length + 1).fill(0);
  for (const word of one) {
    const next = [0];
    other.forEach((candidate, index) => {
      const longest =
        word === candidate ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0);
      next.push(longest);
    });
    row = next;
  }
  return row.at(-1) ?? 0;
}

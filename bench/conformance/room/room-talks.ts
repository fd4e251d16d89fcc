import type { Talk } from '../talks/talk.ts';
import { TALKS } from '../talks/talks.ts';

/**
 * Which talks are held in a room, and how often: about three and a half minutes. Left out are those that need an agent of
 * their own (a number that is asked for, a correction), a loudspeaker, or a minute of silence.
 */
const TIMES: readonly (readonly [name: string, times: number])[] = [
  ['an early barge-in', 4],
  ['acknowledgements over a story', 2],
  ['a late barge-in', 3],
  ['coughs and noise over a story', 2],
  ['pauses inside a sentence', 2],
  ['two quick turns', 1],
];

/** The shortest set that holds a barge-in, an acknowledgement and a pause: about half a minute. */
const SHORT: typeof TIMES = [
  ['an early barge-in', 1],
  ['pauses inside a sentence', 1],
];

export function roomTalks(length: 'full' | 'short'): readonly Talk[] {
  return (length === 'full' ? TIMES : SHORT).flatMap(([name, times]) =>
    TALKS.filter((talk) => talk.name === name).flatMap((talk) => new Array<Talk>(times).fill(talk)),
  );
}

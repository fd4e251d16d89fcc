import type { Talk } from '../talks/talk.ts';
import { TALKS } from '../talks/talks.ts';

/** Which talks are held in a room, and how often. */
type Times = readonly (readonly [name: string, times: number])[];

/** With any agent: about four minutes. */
const WITH_ANY_AGENT: Times = [
  ['an early barge-in', 4],
  ['acknowledgements over a story', 2],
  ['a late barge-in', 3],
  ['coughs and noise over a story', 2],
  ['pauses inside a sentence', 2],
  ['two quick turns', 2],
];

/** With the agent of the suite, which knows the lines of these and asks soon who is silent: three minutes more. */
const WITH_OWN_AGENT: Times = [
  ['a number spelled slowly', 2],
  ['a correction', 2],
  ['a steady noise', 1],
  ['silence', 1],
  // The last: an agent that answers itself disturbs no other talk.
  ['echo of the agent', 1],
];

/** The shortest set that holds a barge-in, an acknowledgement and a pause: about half a minute. */
const SHORT: Times = [
  ['an early barge-in', 1],
  ['pauses inside a sentence', 1],
];

/**
 * `any`: talks that every agent can hold; `own`: those, and the ones that need the agent in agents/conformance.yaml;
 * `short`: two that break where something is broken.
 */
export type RoomTalkSet = 'any' | 'own' | 'short';

const SETS: Readonly<Record<RoomTalkSet, Times>> = {
  any: WITH_ANY_AGENT,
  own: [...WITH_ANY_AGENT, ...WITH_OWN_AGENT],
  short: SHORT,
};

export function roomTalks(set: RoomTalkSet): readonly Talk[] {
  return SETS[set].flatMap(([name, times]) =>
    TALKS.filter((talk) => talk.name === name).flatMap((talk) => new Array<Talk>(times).fill(talk)),
  );
}

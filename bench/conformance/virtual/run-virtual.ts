import { type ConformanceFigures, summarise } from '../figures/figures.ts';
import type { Observation } from '../figures/observation.ts';
import type { Talk } from '../talks/talk.ts';
import { TALKS } from '../talks/talks.ts';
import { playTalk, type VirtualAgent } from './play-talk.ts';

/** What a run found, and where. */
export interface VirtualRun {
  readonly figures: ConformanceFigures;
  /** The first talks with a fault: their name and seed, to be played again. */
  readonly faultyTalks: readonly { readonly talk: string; readonly seed: number }[];
}

const MOST_FAULTY_TALKS = 10;

/** Plays so many variants of the talks, one after another through the list, with the seeds from `seed` on. */
export function runVirtual(options: {
  readonly variants: number;
  readonly seed: number;
  readonly agent: VirtualAgent;
  readonly talks?: readonly Talk[];
  readonly onProgress?: (played: number) => void;
}): VirtualRun {
  const { variants, seed: firstSeed, agent, talks = TALKS, onProgress } = options;
  const observations: Observation[] = [];
  const faultyTalks: { talk: string; seed: number }[] = [];
  const faults = { deadlocks: 0, doubleReplies: 0, unheardWordsKept: 0 };
  for (let index = 0; index < variants; index++) {
    const talk = talks[index % talks.length];
    if (talk === undefined) break;
    const seed = firstSeed + index;
    const played = playTalk(talk, agent, seed);
    observations.push(...played.observations);
    const { deadlocks, doubleReplies, unheardWordsKept } = played.faults;
    if (deadlocks + doubleReplies + unheardWordsKept > 0 && faultyTalks.length < MOST_FAULTY_TALKS)
      faultyTalks.push({ talk: talk.name, seed });
    faults.deadlocks += deadlocks;
    faults.doubleReplies += doubleReplies;
    faults.unheardWordsKept += unheardWordsKept;
    onProgress?.(index + 1);
  }
  return { figures: summarise(observations, { variants, faults }), faultyTalks };
}

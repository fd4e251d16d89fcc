import { type ConformanceFigures, summarise } from '../figures/figures.ts';
import { createSeededRandom } from '../seeded-random.ts';
import { RoomCallerScript } from './room-caller-script.ts';
import type { RoomLine, Speaker } from './room-line.ts';
import { type RoomTalkSet, roomTalks } from './room-talks.ts';

/**
 * Holds talks with the agent of a room, one after another in one call, and measures at the caller's ear. What an agent
 * keeps of unheard words cannot be seen from there: `unheardWordsKept` is null.
 */
export async function runRoom(options: {
  readonly line: RoomLine;
  readonly speaker: Speaker;
  readonly seed: number;
  readonly talks: RoomTalkSet;
  readonly onTalk?: (name: string) => void;
}): Promise<ConformanceFigures> {
  const { line, speaker, seed, onTalk } = options;
  const talks = roomTalks(options.talks);
  const caller = new RoomCallerScript({ line, speaker, random: createSeededRandom(seed) });
  await caller.prepare(talks);
  for (const talk of talks) {
    onTalk?.(talk.name);
    await caller.hold(talk);
  }
  await caller.probe();
  const { observations, deadlocks, doubleReplies } = caller;
  return summarise(observations, {
    variants: talks.length,
    faults: { deadlocks, doubleReplies, unheardWordsKept: null },
  });
}

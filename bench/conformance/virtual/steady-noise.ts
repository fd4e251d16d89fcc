import type { SeededRandom } from '../seeded-random.ts';
import type { AgentEar } from './agent-ear.ts';
import type { World } from './world.ts';

/** Share of the bursts in which the recogniser finds a word that it does not know. */
const FOREIGN_SHARE = 0.15;

/** A machine beside the caller, of which the VAD takes bursts for speech. */
export function runSteadyNoise(options: {
  readonly world: World;
  readonly ear: AgentEar;
  readonly random: SeededRandom;
  readonly isOver: () => boolean;
}): void {
  const { world, ear, random, isOver } = options;
  world.plan(random.between(700, 3_500), () => {
    if (isOver()) return;
    const words = random.next() < FOREIGN_SHARE ? ['hum'] : [];
    ear.hear({ lengthMs: random.between(40, 500), words, isForeign: true });
    runSteadyNoise(options);
  });
}

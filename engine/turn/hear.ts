import type { Ear } from './ear.ts';
import type { EarEvent } from './ear-event.ts';
import { type Heard, type HearingContext, unchanged } from './hearing-context.ts';
import { whileIgnoring } from './phases/ignoring.ts';
import { whilePausing } from './phases/pausing.ts';
import { whileQuiet } from './phases/quiet.ts';
import { whileSpeaking } from './phases/speaking.ts';

/** One step of one ear: the next ear, and what the rest of the call must know. */
export function hear(ear: Ear, event: EarEvent, context: HearingContext): Heard {
  if (event.type !== 'final' || !event.answersFinalize) return hearInPhase(ear, event, context);
  // Answers come in the order of the questions.
  const [owed, ...owedFinals] = ear.owedFinals;
  const settled = { ...ear, owedFinals };
  return owed === 'ignoredSpeech' ? unchanged(settled) : hearInPhase(settled, event, context);
}

function hearInPhase(ear: Ear, event: EarEvent, context: HearingContext): Heard {
  switch (ear.hearing.phase) {
    case 'quiet':
      return whileQuiet(ear, event, context);
    case 'speaking':
      return whileSpeaking(ear, ear.hearing, event, context);
    case 'pausing':
      return whilePausing(ear, ear.hearing, event, context);
    case 'ignoring':
      return whileIgnoring(ear, event, context);
  }
}

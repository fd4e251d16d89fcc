import type { HearingContext } from './hearing-context.ts';

/** With `allowInterruptions: false`, speech that begins over the agent's speech is no turn. */
export function isIgnoredSpeech(context: HearingContext): boolean {
  return !context.settings.turn.allowInterruptions && context.isAgentAudible;
}

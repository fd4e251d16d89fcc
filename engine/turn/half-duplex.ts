import type { HearingContext } from './hearing-context.ts';

/** With `allowInterruptions: false`, speech that begins over the agent's speech is no turn, unless it is kept. */
export function isIgnoredSpeech({ settings, isAgentAudible }: HearingContext): boolean {
  const { allowInterruptions, whileAgentSpeaks } = settings.turn;
  return !allowInterruptions && whileAgentSpeaks === 'drop' && isAgentAudible;
}

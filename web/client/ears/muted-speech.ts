import { FRAME_MS, type SpeechFrame } from './speech-frame.ts';
import { SILENCE, type SpeechRun, stepSpeechRun } from './speech-run.ts';

/** Whether a muted person is talking to nobody. */
export type MutedSpeech =
  | { readonly phase: 'unmuted' }
  | { readonly phase: 'muted'; readonly speech: SpeechRun }
  /** `untilMs`: when the reminder goes away, by the page's clock. */
  | { readonly phase: 'reminding'; readonly speech: SpeechRun; readonly untilMs: number };

export type MutedSpeechHappening =
  | ({ readonly type: 'frameJudged' } & SpeechFrame)
  | { readonly type: 'muteChanged'; readonly isMuted: boolean }
  | { readonly type: 'timePassed'; readonly atMs: number };

export const UNMUTED: MutedSpeech = { phase: 'unmuted' };

/** Speech that is not a cough, in frames: half a second, as video conferences wait. */
const SPEECH_FRAMES = Math.ceil(500 / FRAME_MS);

/** How long the reminder stays after the last speech, in ms: time to read it and to reach the button. */
const REMINDER_MS = 4_000;

/** The reminder after `happening`. */
export function reduceMutedSpeech(state: MutedSpeech, happening: MutedSpeechHappening): MutedSpeech {
  switch (happening.type) {
    case 'muteChanged':
      if (!happening.isMuted) return UNMUTED;
      return state.phase === 'unmuted' ? { phase: 'muted', speech: SILENCE } : state;
    case 'timePassed':
      return state.phase === 'reminding' && state.untilMs <= happening.atMs
        ? { phase: 'muted', speech: state.speech }
        : state;
    case 'frameJudged': {
      if (state.phase === 'unmuted') return state;
      const speech = stepSpeechRun(state.speech, happening.probability);
      const isSpeech = speech.silentFrames === 0 && speech.speechFrames >= SPEECH_FRAMES;
      return isSpeech
        ? { phase: 'reminding', speech, untilMs: happening.atMs + REMINDER_MS }
        : { ...state, speech };
    }
  }
}

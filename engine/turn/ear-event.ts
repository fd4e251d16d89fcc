import type { CallEvent } from '@parley/contracts/call-event';
import type { ParticipantId } from '@parley/contracts/ids';
import type { FinalTranscript } from './draft.ts';

/** What an ear hears, whatever it came from. */
export type EarEvent =
  | { readonly type: 'speechStarted' }
  /** Speech has lasted long enough to be an interruption. */
  | { readonly type: 'speechHeld' }
  /** `lastSoundAtMs`: before the tail that a VAD adds, where it is known. */
  | {
      readonly type: 'speechEnded';
      readonly lastSpeechAtMs: number;
      readonly lastSoundAtMs?: number | undefined;
    }
  | { readonly type: 'interim'; readonly text: string }
  | { readonly type: 'final'; readonly final: FinalTranscript; readonly answersFinalize: boolean }
  /** How likely the end-of-turn model thinks it that the turn is over. */
  | { readonly type: 'scored'; readonly probability: number }
  | { readonly type: 'timePassed' };

/**
 * Reads a call event as one of an ear, or null. Speech comes from the VAD or, with `vad: false`, from the
 * recogniser: the other source is not heard.
 */
export function earEventOf(
  event: CallEvent,
  usesVad: boolean,
): { readonly participantId: ParticipantId; readonly heard: EarEvent } | null {
  switch (event.type) {
    case 'vadSpeechStarted':
      return usesVad ? { participantId: event.data.participantId, heard: { type: 'speechStarted' } } : null;
    case 'vadHeld':
      return usesVad ? { participantId: event.data.participantId, heard: { type: 'speechHeld' } } : null;
    case 'vadSpeechEnded': {
      const { participantId, lastSpeechAtMs, lastSoundAtMs } = event.data;
      return usesVad
        ? { participantId, heard: { type: 'speechEnded', lastSpeechAtMs, lastSoundAtMs } }
        : null;
    }
    case 'sttSpeechStarted':
      return usesVad ? null : { participantId: event.data.participantId, heard: { type: 'speechStarted' } };
    case 'sttSpeechEnded':
      return usesVad
        ? null
        : {
            participantId: event.data.participantId,
            heard: { type: 'speechEnded', lastSpeechAtMs: event.atMs },
          };
    case 'participantLeft':
      if (event.data.reason !== 'lost') return null;
      return {
        participantId: event.data.participantId,
        heard: { type: 'speechEnded', lastSpeechAtMs: event.atMs },
      };
    case 'microphoneClosed':
      return {
        participantId: event.data.participantId,
        heard: { type: 'speechEnded', lastSpeechAtMs: event.atMs },
      };
    case 'endOfTurnScored': {
      const { participantId, probability } = event.data;
      return { participantId, heard: { type: 'scored', probability } };
    }
    case 'transcriptChanged':
      return { participantId: event.data.participantId, heard: { type: 'interim', text: event.data.text } };
    case 'transcriptFinal': {
      const { participantId, answersFinalize, ...final } = event.data;
      return { participantId, heard: { type: 'final', final, answersFinalize } };
    }
    default:
      return null;
  }
}

import type { Understood } from '../final-event.ts';
import type { TurnInfo } from './wire-messages.ts';

/** Flux's turns, as far as they are not given on. Times are in ms of the stream. */
export interface FluxTurns {
  /** What a message of the vendor changed. */
  take(info: TurnInfo): { readonly isStarted: boolean; readonly isEnded: boolean };
  /** Words of the turn that is under way, without those that were given. */
  readonly text: string;
  /** Sound up to here has been heard by the vendor. */
  readonly coveredUntilMs: number;
  /** Gives the words of the turn, which may go on: none of them is given again. */
  cut(): Understood;
}

export function createFluxTurns(): FluxTurns {
  let turn: TurnInfo | null = null;
  /** Words of the turn that were given, and whether it was told to have begun. */
  let given = 0;
  let isOpen = false;
  let coveredUntilMs = 0;

  const tokens = () => (turn?.transcript ?? '').split(/\s+/).filter((token) => token !== '');

  return {
    take(info) {
      if (turn !== null && info.turn_index !== turn.turn_index) given = 0;
      turn = info;
      coveredUntilMs = Math.max(coveredUntilMs, info.audio_window_end * 1000);
      const isEnded = info.event === 'EndOfTurn' && isOpen;
      const isStarted = info.event !== 'EndOfTurn' && !isOpen && info.transcript !== '';
      if (isStarted) isOpen = true;
      if (info.event === 'EndOfTurn') isOpen = false;
      return { isStarted, isEnded };
    },
    get text() {
      return tokens().slice(given).join(' ');
    },
    get coveredUntilMs() {
      return coveredUntilMs;
    },
    cut() {
      const all = tokens();
      const words = (turn?.words ?? []).slice(given).flatMap(({ word, start, end }) =>
        // The vendor may leave the times of words out.
        start === undefined || end === undefined
          ? []
          : [{ text: word, startMs: start * 1000, endMs: end * 1000 }],
      );
      const language = turn?.languages?.[0];
      const text = all.slice(given).join(' ');
      given = all.length;
      return { text, words, ...(language === undefined ? {} : { language }) };
    },
  };
}

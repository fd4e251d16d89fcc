import type { ParticipantId } from '@parley/contracts/ids';
import type { CallSettings } from '@parley/engine/call/settings';
import type { Logger } from 'pino';
import type { DecodeKeptSound } from '../pre-connect/contract.ts';
import type { Clock } from '../runtime/clock.ts';
import type { NewCallEvent } from './call-driver.ts';
import { type EarLine, openEarLine } from './ear-line.ts';
import { type FirstWords, type KeptNews, openFirstWords } from './first-words.ts';
import type { CallStages } from './stages.ts';

/** The ears of a call, one a participant. What concerns nobody who has one is ignored. */
export interface Ears {
  open(participantId: ParticipantId): void;
  /** Takes the next 512 samples at 16 kHz. */
  take(participantId: ParticipantId, samples: Int16Array): void;
  /** Sound from before the agent came is announced, of a microphone that was not heard yet. */
  expectKept(participantId: ParticipantId): void;
  tellKept(participantId: ParticipantId, news: KeptNews): void;
  finalize(participantId: ParticipantId): void;
  reopenRecogniser(participantId: ParticipantId): void;
  scoreEndOfTurn(participantId: ParticipantId, text: string): void;
  /** What is said from here on is heard in this language. */
  setLanguage(language: string): void;
  /** The participant's turn is over, answered or not. */
  endTurn(participantId: ParticipantId): void;
  close(participantId: ParticipantId): void;
  closeAll(): void;
}

export function openEars(options: {
  readonly stages: CallStages;
  readonly settings: CallSettings;
  readonly clock: Clock;
  readonly decode: DecodeKeptSound;
  readonly send: (event: NewCallEvent) => void;
  readonly log: Logger;
  readonly spawn: (task: () => Promise<void>) => void;
}): Ears {
  const { settings, clock, decode, send, log, spawn } = options;
  const { vad, stt, endOfTurn } = options.stages;
  const { turn } = settings;
  let { language } = settings;
  const hearing = () => ({ vad, stt, language, vadParams: turn.vadParams, clock, spawn });
  const lines = new Map<ParticipantId, EarLine>();
  const early = new Map<ParticipantId, FirstWords>();

  const close = (participantId: ParticipantId) => {
    early.get(participantId)?.close();
    early.delete(participantId);
    lines.get(participantId)?.close();
    lines.delete(participantId);
  };

  return {
    open(participantId) {
      if (lines.has(participantId)) return;
      lines.set(participantId, openEarLine({ ...hearing(), endOfTurn, participantId, send, log }));
    },
    take(participantId, samples) {
      const heardAtMs = clock.nowMs();
      const first = early.get(participantId);
      if (first !== undefined) first.take(samples, heardAtMs);
      else lines.get(participantId)?.take(samples, heardAtMs);
    },
    expectKept(participantId) {
      const line = lines.get(participantId);
      // An agent that comes back was there before: what was kept from before it came, it has heard.
      if (line === undefined || early.has(participantId) || settings.resumes) return;
      const first = openFirstWords({
        ...hearing(),
        decode,
        pass: line.take,
        onHeard: (words) => send({ type: 'preConnectHeard', data: { participantId, ...words } }),
        log: log.child({ personal: { participantId } }),
      });
      early.set(participantId, first);
    },
    tellKept: (participantId, news) => early.get(participantId)?.tell(news),
    finalize: (participantId) => lines.get(participantId)?.finalize(),
    reopenRecogniser: (participantId) => lines.get(participantId)?.reopenRecogniser(),
    scoreEndOfTurn: (participantId, text) => lines.get(participantId)?.scoreEndOfTurn(text),
    setLanguage(next) {
      language = next;
      for (const line of lines.values()) line.setLanguage(next);
    },
    endTurn: (participantId) => lines.get(participantId)?.endTurn(),
    close,
    closeAll() {
      for (const participantId of [...lines.keys()]) close(participantId);
    },
  };
}

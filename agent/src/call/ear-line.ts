import type { VadParams } from '@parley/contracts/agent-definition';
import type { ParticipantId } from '@parley/contracts/ids';
import { QUIET_GATE, type SpeechGate, stepSpeechGate } from '@parley/engine/vad/speech-gate';
import type { Logger } from 'pino';
import { levelDb } from '../audio/frame.ts';
import { createSoundEnd } from '../audio/sound-end.ts';
import { createAsyncQueue } from '../runtime/async-queue.ts';
import type { SwitchedStt } from '../stt/switched.ts';
import type { EndOfTurn } from '../turn-detector/contract.ts';
import { VAD_SAMPLE_RATE_HZ, type Vad } from '../vad/contract.ts';
import type { NewCallEvent } from './call-driver.ts';
import { openRecogniserLine } from './recogniser-line.ts';

/** One participant's way in: microphone, VAD, speech gate, recogniser. */
export interface EarLine {
  /** Takes the next 512 samples at 16 kHz, with the call clock at their arrival. */
  take(samples: Int16Array, heardAtMs: number): void;
  /** Asks the recogniser for the final of what was heard so far. */
  finalize(): void;
  /** Gives up a recogniser that gives no sign of speech; another hears it again. */
  reopenRecogniser(): void;
  /** The recogniser hears in this language from here on. */
  setLanguage(language: string): void;
  /** Asks the end-of-turn model whether the turn is over; the answer is an event, unless it is overtaken. */
  scoreEndOfTurn(text: string): void;
  /** The turn is over, answered or not; what follows is of the next. */
  endTurn(): void;
  close(): void;
}

/** 10 s of frames may wait for a process that lags; it catches up in a moment. Beyond that the newest are dropped. */
const MOST_WAITING_FRAMES = 312;

export function openEarLine(options: {
  readonly participantId: ParticipantId;
  readonly vad: Vad;
  readonly stt: SwitchedStt;
  readonly endOfTurn: EndOfTurn;
  readonly language: string;
  readonly vadParams: VadParams;
  readonly send: (event: NewCallEvent) => void;
  readonly log: Logger;
  /** Runs a task of the call; its rejection ends the call. */
  readonly spawn: (task: () => Promise<void>) => void;
}): EarLine {
  const { participantId, send, log, vadParams } = options;
  const closing = new AbortController();
  const frames = createAsyncQueue<{ readonly samples: Int16Array; readonly atMs: number }>(
    MOST_WAITING_FRAMES,
  );
  const recogniser = openRecogniserLine({
    ...options,
    prefixPaddingMs: vadParams.prefixPaddingMs,
    signal: closing.signal,
  });
  const turnEar = options.endOfTurn.openEar({ language: options.language });
  let droppedFrames = 0;

  options.spawn(async () => {
    const ear = options.vad.openEar();
    const soundEnd = createSoundEnd();
    let gate: SpeechGate = QUIET_GATE;
    for await (const { samples, atMs } of frames) {
      const level = levelDb(samples);
      const probability = await ear.process(samples);
      const step = stepSpeechGate(gate, { probability, levelDb: level, atMs }, vadParams);
      gate = step.state;
      recogniser.push({ samples, sampleRateHz: VAD_SAMPLE_RATE_HZ, isSpeech: step.isSpeech });
      turnEar.push({ samples, isSpeech: step.isSpeech });
      if (step.isSpeech) soundEnd.hear(samples, atMs);
      for (const edge of step.edges) {
        const data = { participantId, probability, levelDb: level };
        switch (edge.type) {
          case 'speechStarted':
            send({ type: 'vadSpeechStarted', data });
            break;
          case 'held':
            send({ type: 'vadHeld', data });
            break;
          case 'speechEnded': {
            const { lastSpeechAtMs, speechMs } = edge;
            const lastSoundAtMs = Math.min(soundEnd.take() ?? lastSpeechAtMs, lastSpeechAtMs);
            send({ type: 'vadSpeechEnded', data: { ...data, lastSpeechAtMs, lastSoundAtMs, speechMs } });
            break;
          }
        }
      }
    }
  });

  return {
    take(samples, heardAtMs) {
      if (closing.signal.aborted || frames.push({ samples, atMs: heardAtMs })) return;
      droppedFrames++;
      if (droppedFrames === 1)
        log.warn({ personal: { participantId } }, 'the process lags: microphone frames are dropped');
    },
    finalize: () => recogniser.finalize(),
    reopenRecogniser: () => recogniser.giveUp(),
    setLanguage: (language) => recogniser.setLanguage(language),
    scoreEndOfTurn(text) {
      options.spawn(async () => {
        try {
          const score = await turnEar.score({ text, signal: closing.signal });
          if (score.kind === 'overtaken') return;
          send({ type: 'endOfTurnScored', data: { participantId, probability: score.probability } });
        } catch (error) {
          // Without a score the turn ends after the fixed wait.
          if (!closing.signal.aborted)
            log.debug({ err: error, personal: { participantId } }, 'no end-of-turn score');
        }
      });
    },
    endTurn: () => turnEar.endTurn(),
    close() {
      closing.abort(new Error('ear closed'));
      turnEar.close();
      frames.end();
    },
  };
}

import type { ParticipantId } from '@parley/contracts/ids';
import type { Logger } from 'pino';
import { type Clock, delay } from '../runtime/clock.ts';
import type { HeardFrame, Stt, SttEvent, SttStream } from '../stt/contract.ts';
import type { NewCallEvent } from './call-driver.ts';

/** One participant's recogniser for the length of a call, whatever becomes of its streams. */
export interface RecogniserLine {
  push(frame: HeardFrame): void;
  finalize(): void;
  /** Another stream hears on in this language, with what was said since the last final. */
  setLanguage(language: string): void;
  /** Gives up a stream that gives no sign; another hears what was said since the last final, and is asked for its own. */
  reopen(): void;
}

/** Sound kept for a stream that must be opened again, in frames of 32 ms: 10 s, the bound of the stage's contract. */
const KEPT_FRAMES = 312;

/** Waits before a lost recogniser is opened again, in ms: at once, then longer while it keeps failing. */
const REOPEN_WAITS_MS = [0, 250, 1_000, 5_000];

export function openRecogniserLine(options: {
  readonly participantId: ParticipantId;
  readonly stt: Stt;
  readonly language: string;
  readonly prefixPaddingMs: number;
  readonly clock: Clock;
  readonly send: (event: NewCallEvent) => void;
  readonly log: Logger;
  readonly spawn: (task: () => Promise<void>) => void;
  readonly signal: AbortSignal;
}): RecogniserLine {
  const { participantId, stt, prefixPaddingMs, clock, send, log, signal } = options;
  let { language } = options;
  let kept: HeardFrame[] = [];
  let current = begin();

  function begin(): { readonly stream: SttStream; readonly ending: AbortController } {
    const ending = new AbortController();
    const until = AbortSignal.any([signal, ending.signal]);
    return { stream: stt.open({ language, prefixPaddingMs, signal: until }), ending };
  }

  /** Gives a new stream what was said since the last final. */
  const hearAgain = (why: string) => {
    const former = current;
    current = begin();
    former.ending.abort(new Error(why));
    for (const frame of kept) current.stream.push(frame);
  };

  let failures = 0;
  const hear = async (line: typeof current) => {
    for await (const event of line.stream) {
      // What a stream that was given up has still to say is said by the next.
      if (line !== current) return;
      failures = 0;
      if (event.type === 'final' && event.answersFinalize) kept = [];
      send(callEventOf(participantId, event));
    }
  };

  /** A stream that is lost is followed by another, so that nobody is unheard for the rest of a call. */
  options.spawn(async () => {
    while (!signal.aborted) {
      const line = current;
      try {
        await hear(line);
        if (!signal.aborted && line === current) throw new Error('the recogniser ended its stream');
      } catch (error) {
        if (signal.aborted) return;
        // A stream that was given up may end as it likes.
        if (line !== current) continue;
        log.warn({ err: error, personal: { participantId } }, 'recogniser lost; opening another stream');
        const message = error instanceof Error ? error.message : String(error);
        send({ type: 'sttFailed', data: { participantId, code: 'unavailable', message } });
        const waitMs = REOPEN_WAITS_MS[Math.min(failures, REOPEN_WAITS_MS.length - 1)] ?? 0;
        failures += 1;
        await delay(clock, waitMs, signal).catch(() => {});
        // Another may have been opened meanwhile, and has heard what was said.
        if (!signal.aborted && line === current) current = begin();
      }
    }
  });

  return {
    push(frame) {
      kept.push(frame);
      if (kept.length > KEPT_FRAMES) kept.shift();
      current.stream.push(frame);
    },
    finalize: () => current.stream.finalize(),
    setLanguage(next) {
      if (next === language) return;
      const before = language;
      language = next;
      try {
        hearAgain('the call has another language');
      } catch (err) {
        language = before;
        log.warn(
          { err, language: next },
          'the recogniser does not know the language; it hears on in the former',
        );
      }
    },
    reopen() {
      log.warn(
        { personal: { participantId }, keptFrames: kept.length },
        'the recogniser gives no sign of speech; another hears it',
      );
      hearAgain('the recogniser gave no sign of speech');
      current.stream.finalize();
    },
  };
}

function callEventOf(participantId: ParticipantId, event: SttEvent): NewCallEvent {
  switch (event.type) {
    case 'speechStarted':
      return { type: 'sttSpeechStarted', data: { participantId } };
    case 'speechEnded':
      return { type: 'sttSpeechEnded', data: { participantId } };
    case 'interim':
      return { type: 'transcriptChanged', data: { participantId, text: event.text } };
    case 'final': {
      const { text, outcome, wordCount, answersFinalize } = event;
      return { type: 'transcriptFinal', data: { participantId, text, outcome, wordCount, answersFinalize } };
    }
  }
}

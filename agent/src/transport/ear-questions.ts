import { type EarReport, earReportSchema } from '@parley/contracts/ear-report';
import type { ParticipantId } from '@parley/contracts/ids';
import type { Logger } from 'pino';
import { type Clock, delay } from '../runtime/clock.ts';
import type { OwnWay } from './own-way.ts';
import { estimateTransport } from './transport-estimate.ts';

/** Between two questions to a participant, in ms. */
const PERIOD_MS = 5_000;
/** The same before the first measurement, so that the first answer of a call has one. */
const FIRST_PERIOD_MS = 1_000;
/** So many quick questions at most; who cannot tell by then has no microphone open, or never will. */
const QUICK_QUESTIONS = 15;
/** Longest wait for an answer, in ms: what is older says nothing of now. */
const ANSWER_MS = 2_000;
/** A report is a hundred characters. */
const MOST_CHARS = 1_000;
/** A client that says so often that it has no such method is not asked again; it may only have been a moment late. */
const LACKING_ANSWERS = 3;

export type EarAnswer =
  | { readonly kind: 'told'; readonly payload: string }
  /** The client does not know the question. */
  | { readonly kind: 'lacking' }
  /** It cannot tell now, did not answer, or is gone. */
  | { readonly kind: 'nothing' };

/** Asks the people of a room, one question at a time each, how long sound takes to them. */
export interface EarQuestions {
  joined(participantId: ParticipantId): void;
  left(participantId: ParticipantId): void;
  close(): void;
}

export function createEarQuestions(options: {
  readonly clock: Clock;
  /** Our own side; null while it is not known, and then nobody is asked. */
  readonly readOwnWay: () => Promise<OwnWay | null>;
  /** Never rejects. It may take longer than anybody waits for it. */
  readonly ask: (participantId: ParticipantId) => Promise<EarAnswer>;
  readonly onMeasured: (
    participantId: ParticipantId,
    transport: { readonly toEarMs: number; readonly fromMouthMs: number },
  ) => void;
  readonly log: Logger;
}): EarQuestions {
  const { clock, readOwnWay, onMeasured, log } = options;
  const leaving = new Map<ParticipantId, AbortController>();
  /** Who has not answered yet, whether or not anybody still waits for it. */
  const open = new Set<ParticipantId>();

  const ask = async (participantId: ParticipantId, signal: AbortSignal): Promise<EarAnswer> => {
    if (open.has(participantId)) return { kind: 'nothing' };
    open.add(participantId);
    const answer = options.ask(participantId).finally(() => open.delete(participantId));
    const waiting = new AbortController();
    const limit = delay(clock, ANSWER_MS, AbortSignal.any([signal, waiting.signal])).then(
      () => ({ kind: 'nothing' }) as const,
      () => ({ kind: 'nothing' }) as const,
    );
    const first = await Promise.race([answer, limit]);
    waiting.abort(new Error('answered'));
    return first;
  };

  const measure = async (participantId: ParticipantId, signal: AbortSignal) => {
    let [questions, lackingAnswers] = [0, 0];
    let hasMeasured = false;
    let hasLogged = false;
    while (lackingAnswers < LACKING_ANSWERS) {
      const isQuick = !hasMeasured && questions < QUICK_QUESTIONS;
      await delay(clock, isQuick ? FIRST_PERIOD_MS : PERIOD_MS, signal);
      // While the connection is being rebuilt there may be nothing to read.
      const own = await readOwnWay().catch(() => null);
      if (own === null) continue;
      questions += 1;
      const answer = await ask(participantId, signal);
      signal.throwIfAborted();
      if (answer.kind === 'lacking') lackingAnswers += 1;
      if (answer.kind !== 'told') continue;
      const report = parseReport(answer.payload);
      if (report !== null) {
        hasMeasured = true;
        onMeasured(participantId, estimateTransport(own, report));
      } else if (!hasLogged) {
        hasLogged = true;
        log.warn(
          { personal: { participantId } },
          'an ear report was none; its client must answer as earReportSchema says',
        );
      }
    }
  };

  return {
    joined(participantId) {
      leaving.get(participantId)?.abort(new Error('joined again'));
      const controller = new AbortController();
      leaving.set(participantId, controller);
      const { signal } = controller;
      measure(participantId, signal).catch((err: unknown) => {
        if (!signal.aborted)
          log.warn({ err, personal: { participantId } }, 'the way to a participant is no longer measured');
      });
    },
    left(participantId) {
      leaving.get(participantId)?.abort(new Error('left'));
      leaving.delete(participantId);
    },
    close() {
      for (const controller of leaving.values()) controller.abort(new Error('closed'));
      leaving.clear();
    },
  };
}

function parseReport(payload: string): EarReport | null {
  if (payload.length > MOST_CHARS) return null;
  try {
    return earReportSchema.safeParse(JSON.parse(payload)).data ?? null;
  } catch {
    // Not JSON.
    return null;
  }
}

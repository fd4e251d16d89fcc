import type { Logger } from 'pino';
import { createAsyncQueue } from '../runtime/async-queue.ts';
import type { Clock } from '../runtime/clock.ts';
import { AttemptReplaced, beginAttempt, type ProviderAttempt } from '../runtime/provider-attempt.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import type { Candidate, ProviderOrder } from '../runtime/provider-order.ts';
import type { HeardFrame, Stt, SttEvent, SttOptions, SttStream } from './contract.ts';
import { createHeardMemory } from './switched-memory.ts';
import { createSpokenWords } from './switched-words.ts';

/** One ear, heard by one recogniser after the other. */
export interface SwitchedSttStream extends SttStream {
  /** Gives up a recogniser that gives no sign, as one that has failed with `timeout`. */
  giveUp(): void;
  /** Goes over to the provider in use, where it is not there. */
  follow(): void;
  /** Hears on in this language (BCP 47), as far as anybody knows it: where all refuse it, in the former. */
  setLanguage(language: string): void;
}

/**
 * Longest wait for the final that is owed first, in ms, counted from its asking, from the answer before it and from any other
 * sign. Source: past the 95th percentile of streaming recognisers that may be chosen (965 ms), and early enough for
 * the next to answer before a call goes on with the words that it has, 1.5 s after its turn. A recogniser without
 * interims begins its work only then, and leaves no half of a sentence: it has longer. One that cannot go deaf has no
 * deadline: it computes for as long as that takes.
 */
const FINAL_MS = 1_200;
const WHOLE_FINAL_MS = 2_700;

/** Waits before everybody is tried again, in ms: at once, then longer while nobody does better. */
const AGAIN_WAITS_MS = [0, 250, 1_000, 5_000];

/** Who gives a final, or any sign after so long, in ms, has not failed at once: waits begin anew. */
const LASTING_MS = 5_000;

/** Events that may wait for a reader, who in a call never waits; past it the newest are dropped and told. */
const MOST_WAITING_EVENTS = 10_000;

interface Listener {
  readonly candidate: Candidate<Stt>;
  readonly attempt: ProviderAttempt<SttStream>;
  readonly sinceMs: number;
}

export function openSwitchedStream(options: {
  readonly hearing: Omit<SttOptions, 'signal'>;
  readonly order: ProviderOrder<Candidate<Stt>>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onLost: (error: ProviderError) => void;
  readonly signal: AbortSignal;
}): SwitchedSttStream {
  const { hearing, order, clock, log, signal } = options;
  const events = createAsyncQueue<SttEvent>(MOST_WAITING_EVENTS);
  const memory = createHeardMemory();
  const spoken = createSpokenWords();
  /** Since anybody did well: who failed in this round, how many rounds are over, and who refused. */
  let failures = noFailures();
  let listener: Listener | null = null;
  /** `former` is what is gone back to where nobody knows `wanted`. */
  let language = { wanted: hearing.language, former: hearing.language };
  let cancelWait = () => {};

  const begin = (candidate: Candidate<Stt>) => {
    const attempt = beginAttempt<SttEvent, SttStream, Candidate<Stt>>({
      candidate,
      order,
      clock,
      signal,
      open: (until) => candidate.stage.open({ ...hearing, language: language.wanted, signal: until }),
      onEvent: (event) => void (listener === begun && hear(begun, event)),
      onEnd: (error) => void (listener === begun && lose(begun, error ?? endedEarly(candidate))),
    });
    const begun: Listener = { candidate, attempt, sinceMs: clock.nowMs() };
    listener = begun;
    spoken.repeat({ isCut: memory.isCut });
    if (attempt.stream !== null) memory.retell(attempt.stream);
    expectFinal(begun);
  };

  const expectFinal = ({ candidate, attempt }: Listener) => {
    const { mayGoDeaf, givesInterims } = candidate.stage.capabilities;
    if (memory.owed === 0 || !mayGoDeaf) return attempt.expectBy(null);
    const withinMs = givesInterims ? FINAL_MS : WHOLE_FINAL_MS;
    attempt.expectBy({ atMs: clock.nowMs() + withinMs, missing: 'the final' });
  };

  const hear = (from: Listener, event: SttEvent) => {
    from.attempt.succeeded();
    if (event.type === 'final' || clock.nowMs() - from.sinceMs >= LASTING_MS) failures = noFailures();
    language = { ...language, former: language.wanted };
    const answers = event.type === 'final' && event.answersFinalize;
    // One answer to each question: what answers none is a final like any other.
    const isAsked = answers && memory.owed > 0;
    const passed = spoken.pass(answers && !isAsked ? { ...event, answersFinalize: false } : event);
    if (isAsked) memory.answered();
    expectFinal(from);
    if (passed !== null && !events.push(passed)) log.warn('a recogniser is read too slowly: words are lost');
  };

  const lose = ({ candidate }: Listener, error: ProviderError) => {
    const { provider, model } = candidate.stage;
    log.warn({ err: error, provider, model }, 'a recogniser was lost');
    listener = null;
    options.onLost(error);
    const { round, refused } = failures;
    round.add(candidate);
    if (error.code === 'bad_request') refused.add(candidate);
    const all = order.toAsk();
    if (all.every((each) => refused.has(each))) return refuse(error);
    const next = all.find((each) => !round.has(each));
    if (next !== undefined) return goTo(next, error);
    failures = { round: new Set([candidate]), rounds: failures.rounds + 1, refused };
    const waitMs = AGAIN_WAITS_MS[Math.min(failures.rounds, AGAIN_WAITS_MS.length) - 1] ?? 0;
    const first = all.find((each) => each !== candidate) ?? candidate;
    cancelWait = clock.at(clock.nowMs() + waitMs, () => goTo(first, error));
  };
  const refuse = (error: ProviderError) => {
    const { wanted, former } = language;
    if (wanted === former) return end(() => events.fail(error));
    log.warn({ language: wanted, former }, 'no recogniser knows the language; the former is heard on in');
    language = { wanted: former, former };
    failures = noFailures();
    begin(order.current);
  };
  const goTo = (candidate: Candidate<Stt>, error: ProviderError) => {
    if (candidate === order.current) begin(candidate);
    // Every ear follows, this one too.
    else order.takeOver(candidate, error.code);
  };

  const end = (tell: () => void) => {
    cancelWait();
    listener?.attempt.end(signal.reason);
    listener = null;
    tell();
  };
  if (signal.aborted) events.end();
  else {
    signal.addEventListener('abort', () => end(events.end), { once: true });
    begin(order.current);
  }

  return {
    push(frame: HeardFrame) {
      if (signal.aborted) return;
      memory.hear(frame);
      listener?.attempt.stream?.push(frame);
    },
    finalize() {
      if (signal.aborted) return;
      memory.ask();
      listener?.attempt.stream?.finalize();
      if (listener !== null && memory.owed === 1) expectFinal(listener);
    },
    giveUp() {
      if (listener === null) return;
      const { provider } = listener.candidate.stage;
      const error = new ProviderError('timeout', 'the recogniser gave no sign of speech', {
        provider,
        retryable: true,
      });
      listener.attempt.fail(error);
      lose(listener, error);
    },
    follow() {
      if (signal.aborted || listener?.candidate === order.current) return;
      cancelWait();
      listener?.attempt.end(new AttemptReplaced(listener.candidate.stage.provider));
      begin(order.current);
    },
    setLanguage(wanted) {
      if (signal.aborted || wanted === language.wanted) return;
      language = { wanted, former: language.wanted };
      failures = noFailures();
      cancelWait();
      listener?.attempt.end(new Error(`the call goes on in ${wanted}`));
      begin(order.current);
    },
    [Symbol.asyncIterator]: () => events[Symbol.asyncIterator](),
  };
}

function noFailures() {
  return { round: new Set<Candidate<Stt>>(), rounds: 0, refused: new Set<Candidate<Stt>>() };
}

function endedEarly({ stage: { provider } }: Candidate<Stt>): ProviderError {
  return new ProviderError('unavailable', 'the recogniser ended its stream', { provider, retryable: true });
}

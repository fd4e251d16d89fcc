import type { SttWord } from '../contract.ts';
import { orderedWords, type Understood } from '../final-event.ts';

/** Words of a stretch of the stream, in ms from its start. A later one with the same start takes its place until it is final. */
export interface HeardSpan {
  readonly startMs: number;
  readonly endMs: number;
  readonly isFinal: boolean;
  readonly text: string;
  readonly words: readonly SttWord[];
  /** BCP 47 tag, where the vendor tells. */
  readonly language: string | undefined;
}

/** What was understood since the last cut: final spans, one after another, and what is still changing behind them. */
export interface Transcript {
  take(span: HeardSpan): void;
  readonly text: string;
  /** Until here words do not change any more, in ms of the stream. */
  readonly finalUntilMs: number;
  /** Until here there is any answer, in ms of the stream. */
  readonly coveredUntilMs: number;
  /** Gives all of it, final or not, in ms of the stream, and begins anew: none of these words is given again. */
  cut(): Understood;
}

/** Ends of spans are told in seconds; what differs by less, in ms, is the same place. */
const SAME_PLACE_MS = 1;

export function createTranscript(): Transcript {
  let finals: readonly HeardSpan[] = [];
  let interim: HeardSpan | null = null;
  let finalUntilMs = 0;
  let coveredUntilMs = 0;
  /** Words that end before are given. */
  let givenUntilMs = 0;

  const spans = () => (interim === null ? finals : [...finals, interim]);

  return {
    take(span) {
      // A final that comes twice.
      if (span.endMs <= finalUntilMs + SAME_PLACE_MS) return;
      const rest = restOf(span, givenUntilMs);
      coveredUntilMs = Math.max(coveredUntilMs, span.endMs);
      if (!span.isFinal) {
        interim = rest;
        return;
      }
      interim = null;
      finalUntilMs = span.endMs;
      if (rest.text !== '') finals = [...finals, rest];
    },
    get text() {
      return joined(spans());
    },
    get finalUntilMs() {
      return finalUntilMs;
    },
    get coveredUntilMs() {
      return coveredUntilMs;
    },
    cut() {
      const given = spans();
      finals = [];
      interim = null;
      const words = given.flatMap((span) => span.words);
      givenUntilMs = Math.max(finalUntilMs, words.at(-1)?.endMs ?? 0);
      const language = given.findLast((span) => span.language !== undefined)?.language;
      return { text: joined(given), words, ...(language === undefined ? {} : { language }) };
    },
  };
}

/** The span without the words that were given before it was final. */
function restOf(span: HeardSpan, givenUntilMs: number): HeardSpan {
  if (span.startMs >= givenUntilMs - SAME_PLACE_MS) return span;
  const words = span.words.filter(({ startMs, endMs }) => (startMs + endMs) / 2 > givenUntilMs);
  if (words.length === span.words.length) return span;
  return { ...span, words, text: words.map(({ text }) => text).join(' ') };
}

function joined(spans: readonly HeardSpan[]): string {
  return spans
    .map(({ text }) => text.trim())
    .filter((text) => text !== '')
    .join(' ');
}

/** The words with times from the start of their utterance, which began at `startMs` of the stream and is over by `endMs`. */
export function sinceStart({ words, ...understood }: Understood, startMs: number, endMs: number): Understood {
  const moved = words.map((word) => ({
    text: word.text,
    startMs: word.startMs - startMs,
    endMs: word.endMs - startMs,
  }));
  return { ...understood, words: orderedWords(moved, Math.max(0, endMs - startMs)) };
}

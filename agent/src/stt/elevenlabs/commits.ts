import type { Clock } from '../../runtime/clock.ts';
import type { SttEvent } from '../contract.ts';
import { answeringFinal, NOTHING_SAID, orderedWords, type Understood } from '../final-event.ts';
import type { ScribeMessage } from './server-message.ts';

/** What is committed at once: an utterance, or a part of it. In ms of the sound that the session was sent. */
export interface SentSound {
  /** Where the utterance begins. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Where the commit before it was. */
  readonly committedMs: number;
}

/** The finals that were asked for, answered in order by what a session commits. */
export interface Commits {
  readonly owed: number;
  /** A final for which nothing is committed: nobody spoke. */
  oweSilence(): void;
  oweCommit(sent: SentSound): void;
  /** A commit in mid-utterance: its text is the first part of the next final's. */
  owePart(sent: SentSound): void;
  /** An interim's text: the parts that were committed, and what is not yet. */
  soFar(partial: string): string;
  hear(message: Extract<ScribeMessage, { type: 'committed' | 'timed' | 'nothingCommitted' }>): void;
  stop(): void;
}

/** How long the words' times may follow their text, in ms; they are sent together, and a final does not wait for longer. */
const TIMES_MS = 150;
/** Words that begin this much before their utterance are timed from the commit before it, in ms. */
const TIMES_SLACK_MS = 50;

type Owed =
  | { readonly kind: 'silence' }
  | { readonly kind: 'commit' | 'part'; readonly sent: SentSound; understood: Understood | null };

export function createCommits(options: {
  readonly clock: Clock;
  readonly onFinal: (final: SttEvent) => void;
}): Commits {
  const { clock, onFinal } = options;
  const owed: Owed[] = [];
  /** Of the utterance that goes on. */
  let parts: Understood[] = [];
  /** A text whose times are waited for. */
  let waiting: { readonly text: string; cancel(): void } | null = null;
  /** A text that was given without its times, which may still come. */
  let givenWithoutTimes: string | null = null;

  const settle = () => {
    for (let next = owed[0]; next !== undefined; next = owed[0]) {
      if (next.kind !== 'silence' && next.understood === null) return;
      owed.shift();
      if (next.kind === 'silence') onFinal(answeringFinal(NOTHING_SAID));
      else {
        parts.push(next.understood ?? NOTHING_SAID);
        if (next.kind === 'part') continue;
        onFinal(answeringFinal(joined(parts)));
        parts = [];
      }
    }
  };

  const understand = (text: string, times?: Extract<ScribeMessage, { type: 'timed' }>) => {
    const commit = owed.find(isOpenCommit);
    const language = times?.language ?? undefined;
    const understood: Understood = {
      text: text.trim(),
      words: commit === undefined || times === undefined ? [] : wordsIn(commit.sent, times.words),
      ...(language === undefined ? {} : { language }),
    };
    if (commit === undefined) parts.push(understood);
    else commit.understood = understood;
    settle();
  };

  const giveWaiting = () => {
    if (waiting === null) return;
    waiting.cancel();
    givenWithoutTimes = waiting.text;
    waiting = null;
    understand(givenWithoutTimes);
  };

  return {
    get owed() {
      return owed.length;
    },
    oweSilence() {
      owed.push({ kind: 'silence' });
      settle();
    },
    oweCommit(sent) {
      owed.push({ kind: 'commit', sent, understood: null });
    },
    owePart(sent) {
      owed.push({ kind: 'part', sent, understood: null });
    },
    soFar: (partial) => joined([...parts, { text: partial.trim(), words: [] }]).text,
    hear(message) {
      switch (message.type) {
        case 'committed': {
          giveWaiting();
          if (message.text.trim() === '') return understand('');
          const cancel = clock.at(clock.nowMs() + TIMES_MS, giveWaiting);
          waiting = { text: message.text, cancel };
          return;
        }
        case 'timed':
          if (waiting === null) {
            const isLate = message.text === givenWithoutTimes || message.text.trim() === '';
            givenWithoutTimes = null;
            if (!isLate) understand(message.text, message);
            return;
          }
          waiting.cancel();
          waiting = null;
          return understand(message.text, message);
        case 'nothingCommitted': {
          const commit = message.isThrottled ? owed.findLast(isOpenCommit) : owed.find(isOpenCommit);
          if (commit !== undefined) commit.understood = NOTHING_SAID;
          return settle();
        }
      }
    },
    stop() {
      waiting?.cancel();
      waiting = null;
    },
  };
}

const isOpenCommit = (entry: Owed): entry is Exclude<Owed, { kind: 'silence' }> =>
  entry.kind !== 'silence' && entry.understood === null;

function joined(parts: readonly Understood[]): Understood {
  const language = parts.findLast((part) => part.language !== undefined)?.language;
  return {
    text: parts
      .map(({ text }) => text)
      .filter((text) => text !== '')
      .join(' '),
    words: parts.flatMap(({ words }) => words),
    ...(language === undefined ? {} : { language }),
  };
}

/** The words from the start of their utterance, in order and within it. */
function wordsIn(
  { fromMs, untilMs, committedMs }: SentSound,
  words: Extract<ScribeMessage, { type: 'timed' }>['words'],
) {
  const isOfSession = (words[0]?.startMs ?? 0) + TIMES_SLACK_MS >= Math.max(fromMs, committedMs);
  const zeroMs = isOfSession ? fromMs : fromMs - committedMs;
  return orderedWords(
    words.map(({ text, startMs, endMs }) => ({ text, startMs: startMs - zeroMs, endMs: endMs - zeroMs })),
    untilMs - fromMs,
  );
}

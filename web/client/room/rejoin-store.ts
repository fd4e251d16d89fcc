import type { KeptValues } from '../runtime/kept-values.ts';
import { fieldsOf, textOf } from './json-fields.ts';
import type { Segment, Speaker } from './transcript.ts';

const NAME = 'call';
/** What is kept of the talk: the last segments, for about an hour of it. A tab's storage holds 5 MB. */
const KEPT_SEGMENTS = 400;
const KEPT_TEXT_LENGTH = 200_000;

/** What a page that is loaded anew needs to go on with its call. LiveKit's token is never among it. */
export interface KeptCall {
  /** Changes the server for a fresh token. Opaque. */
  readonly rejoin: string;
  /** One call in one tab: the name of its lock. */
  readonly lockName: string;
  /** By the page's clock, also where another page before it began the call. */
  readonly joinedAtMs: number;
  readonly isMuted: boolean;
  readonly transcript: readonly Segment[];
}

/** Where a tab keeps its call from joining to the end, and its copy where the tab is doubled. */
export interface RejoinStore {
  /** Null where there is none, or what is there cannot be read. */
  read(): KeptCall | null;
  keep(call: KeptCall): void;
  forget(): void;
}

/** `kept` are the values of this tab; `clockZeroEpochMs` is the zero of the page's clock in ms since 1970. */
export function createRejoinStore({
  kept,
  clockZeroEpochMs,
}: {
  readonly kept: KeptValues;
  readonly clockZeroEpochMs: number;
}): RejoinStore {
  return {
    read() {
      const text = kept.get(NAME);
      if (text === null) return null;
      const { rejoin, lockName, joinedAtEpochMs, isMuted, transcript } = fieldsOf(parse(text));
      const secret = textOf(rejoin);
      const lock = textOf(lockName);
      if (!secret || !lock || typeof joinedAtEpochMs !== 'number') return null;
      return {
        rejoin: secret,
        lockName: lock,
        joinedAtMs: joinedAtEpochMs - clockZeroEpochMs,
        isMuted: isMuted === true,
        transcript: Array.isArray(transcript) ? transcript.flatMap(readSegment) : [],
      };
    },
    keep({ joinedAtMs, transcript, ...call }) {
      const joinedAtEpochMs = joinedAtMs + clockZeroEpochMs;
      kept.set(NAME, JSON.stringify({ ...call, joinedAtEpochMs, transcript: lastOf(transcript) }));
    },
    forget() {
      kept.set(NAME, null);
    },
  };
}

function lastOf(transcript: readonly Segment[]): readonly Segment[] {
  let length = 0;
  const last = transcript.slice(-KEPT_SEGMENTS);
  const first = last.findLastIndex(({ text, unheard }) => {
    length += text.length + unheard.length;
    return length > KEPT_TEXT_LENGTH;
  });
  return last.slice(first + 1);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not ours, or of another build: as good as nothing.
    return null;
  }
}

/** A kept segment. Nothing more is to be expected of it, unless the agent says it anew. */
function readSegment(value: unknown): Segment[] {
  const { id, speaker, text, isInterrupted, unheard, typed, startedAtMs } = fieldsOf(value);
  const said = readSpeaker(speaker);
  if (!said || typeof id !== 'string' || typeof text !== 'string' || typeof startedAtMs !== 'number')
    return [];
  const segment = {
    speaker: said,
    text,
    startedAtMs,
    isFinal: true,
    isInterrupted: isInterrupted === true,
    unheard: textOf(unheard) ?? '',
  };
  if (typed === null || typed === undefined) return [{ ...segment, id, typed: null }];
  // Typed messages are counted anew in each page, and what had not arrived was lost with the page before.
  return [{ ...segment, id: `former-${id}`, typed: typed === 'sent' ? 'sent' : 'failed' }];
}

function readSpeaker(value: unknown): Speaker | null {
  const { kind, name, identity } = fieldsOf(value);
  switch (kind) {
    case 'you':
      return { kind };
    case 'agent':
      return { kind, name: textOf(name) ?? '' };
    case 'guest':
      return { kind, name: textOf(name) ?? '', identity: textOf(identity) ?? '' };
    default:
      return null;
  }
}

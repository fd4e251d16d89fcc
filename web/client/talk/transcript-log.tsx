import type { TurnLatency } from '@parley/contracts/call-record';
import { memo, useEffect, useRef } from 'react';
import { LatencyWaterfall } from '../latency/latency-waterfall.tsx';
import type { Delivery, Segment, Speaker } from '../room/transcript.ts';
import { groupTurns, type SpokenTurn } from './spoken-turns.ts';
import './transcript-log.css';

/** Closer to the end than this, in px, a reader follows the talk; farther away they read back and are left alone. */
const FOLLOWING_PX = 80;

/** The talk of both sides. Screen readers are told final words only; interim ones are for the eye. */
export function TranscriptLog({
  segments,
  latencies,
  emptyWords,
  onResend,
}: {
  readonly segments: readonly Segment[];
  /** How long answers took, by the id of their segment. */
  readonly latencies: ReadonlyMap<string, TurnLatency>;
  /** Stands there while nothing was said. */
  readonly emptyWords: string;
  /** A typed message that failed is to be sent again; null where no call runs. */
  readonly onResend: ((id: string) => void) | null;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new words are what moves the end.
  useEffect(() => {
    if (frame.current && isFollowing.current) frame.current.scrollTop = frame.current.scrollHeight;
  }, [segments]);
  // A window that shrinks, for example by the keyboard of a phone, must not hide the last words.
  useEffect(() => {
    const { current } = frame;
    if (!current) return;
    const resized = new ResizeObserver(() => {
      if (isFollowing.current) current.scrollTop = current.scrollHeight;
    });
    resized.observe(current);
    return () => resized.disconnect();
  }, []);
  const noteScroll = () => {
    if (!frame.current) return;
    const { scrollHeight, scrollTop, clientHeight } = frame.current;
    isFollowing.current = scrollHeight - scrollTop - clientHeight < FOLLOWING_PX;
  };
  return (
    <div
      className="transcript"
      ref={frame}
      onScroll={noteScroll}
      role="log"
      aria-label="Transcript"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
      tabIndex={0}
    >
      {segments.length === 0 && (
        <p className="nothing-yet" aria-hidden="true">
          {emptyWords}
        </p>
      )}
      {groupTurns(segments).map((turn) => (
        <Turn key={turn.id} turn={turn} latencies={latencies} onResend={onResend} />
      ))}
    </div>
  );
}

function Turn({
  turn,
  latencies,
  onResend,
}: {
  readonly turn: SpokenTurn;
  readonly latencies: ReadonlyMap<string, TurnLatency>;
  readonly onResend: ((id: string) => void) | null;
}) {
  const hasFinal = turn.segments.some(({ isFinal }) => isFinal);
  return (
    <div className="turn" data-speaker={turn.speaker.kind}>
      <p className="speaker" aria-hidden={!hasFinal}>
        {speakerName(turn.speaker)}
      </p>
      <p className="words">
        {turn.segments.map((segment) => (
          // A new element for the final words: a live region tells what is added, not what ceases to be hidden.
          <Words key={`${segment.id} ${segment.isFinal}`} segment={segment} onResend={onResend} />
        ))}
      </p>
      {/* Read on demand: a figure after each answer would talk over the next one. */}
      <div aria-live="off">
        {turn.segments.map(({ id }) => {
          const latency = latencies.get(id);
          return latency && <LatencyWaterfall key={id} latency={latency} />;
        })}
      </div>
    </div>
  );
}

const Words = memo(function Words({
  segment,
  onResend,
}: {
  readonly segment: Segment;
  readonly onResend: ((id: string) => void) | null;
}) {
  const { id, text, isFinal, isInterrupted, unheard, typed } = segment;
  return (
    <>
      <span
        className="segment"
        data-final={isFinal}
        data-interrupted={isInterrupted}
        data-typed={typed ?? undefined}
        aria-hidden={!isFinal}
      >
        <span className="said">{text.trim()}</span>
        {isInterrupted && (
          <>
            {' '}
            <em className="cut">interrupted</em>
          </>
        )}
        {unheard && (
          <>
            {' '}
            <span className="visually-hidden">not heard: </span>
            <s className="unheard">{unheard}</s>
          </>
        )}
        {typed && typed !== 'sent' && <em className="delivery">{deliveryWords[typed]}</em>}
        {typed === 'failed' && onResend && (
          <button type="button" className="resend" onClick={() => onResend(id)}>
            Send again
          </button>
        )}
      </span>{' '}
    </>
  );
});

const deliveryWords: Record<Exclude<Delivery, 'sent'>, string> = {
  waiting: 'Waits for the agent',
  sending: 'Sending',
  failed: 'Not sent',
};

function speakerName(speaker: Speaker): string {
  switch (speaker.kind) {
    case 'agent':
      return speaker.name || 'Agent';
    case 'you':
      return 'You';
    case 'guest':
      return speaker.name || 'Guest';
  }
}

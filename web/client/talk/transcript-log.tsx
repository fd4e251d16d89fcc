import { memo, useEffect, useRef } from 'react';
import type { Segment, Speaker } from '../room/transcript.ts';
import { groupTurns, type SpokenTurn } from './spoken-turns.ts';
import './transcript-log.css';

/** Closer to the end than this, in px, a reader follows the talk; farther away they read back and are left alone. */
const FOLLOWING_PX = 80;

/** The talk of both sides. Screen readers are told final words only; interim ones are for the eye. */
export function TranscriptLog({ segments }: { readonly segments: readonly Segment[] }) {
  const frame = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new words are what moves the end.
  useEffect(() => {
    if (frame.current && isFollowing.current) frame.current.scrollTop = frame.current.scrollHeight;
  }, [segments]);
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
      {groupTurns(segments).map((turn) => (
        <Turn key={turn.id} turn={turn} />
      ))}
    </div>
  );
}

function Turn({ turn }: { readonly turn: SpokenTurn }) {
  return (
    <p className="turn" data-speaker={turn.speaker.kind}>
      <span className="speaker">{speakerName(turn.speaker)}</span>
      <span className="words">
        {turn.segments.map((segment) => (
          <Words key={segment.id} segment={segment} />
        ))}
      </span>
    </p>
  );
}

const Words = memo(function Words({ segment }: { readonly segment: Segment }) {
  return (
    <>
      <span className="segment" data-final={segment.isFinal} aria-hidden={!segment.isFinal}>
        {segment.text.trim()}
        {segment.isInterrupted && <em className="cut">interrupted</em>}
      </span>{' '}
    </>
  );
});

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

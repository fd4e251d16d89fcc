import { useEffect, useRef } from 'react';
import { clockWords } from '../records/call-words.ts';
import { useStore } from '../talk/use-store.ts';
import type { HeardSide, Player } from './player.ts';
import './player-bar.css';

/** How far the buttons beside the play button lead, in ms. */
const SKIP_MS = 5_000;
const RATES = [0.75, 1, 1.25, 1.5, 2];
const SIDES: Record<HeardSide, string> = { both: 'Both sides', caller: 'Caller alone', agent: 'Agent alone' };

/** The player's buttons. */
export function PlayerBar({
  player,
  follows,
  onFollow,
}: {
  readonly player: Player;
  /** The transcript goes along with the sound. */
  readonly follows: boolean;
  readonly onFollow: (follows: boolean) => void;
}) {
  const { phase, isPlaying, durationMs, rate, side } = useStore(player);
  const time = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const tell = (positionMs: number) => {
      if (time.current) time.current.textContent = clockWords(positionMs);
    };
    tell(player.positionMs());
    return player.watch(tell);
  }, [player]);
  const skip = (ms: number) => player.seek(player.positionMs() + ms);
  return (
    <div className="player-bar">
      <button type="button" className="skip" onClick={() => skip(-SKIP_MS)}>
        <span aria-hidden="true">−5 s</span>
        <span className="visually-hidden">Back 5 seconds</span>
      </button>
      <button
        type="button"
        className="play"
        aria-label={isPlaying ? 'Pause' : 'Play'}
        disabled={phase === 'failed'}
        onClick={player.toggle}
      >
        <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
          <path d={isPlaying ? 'M8.5 5v14M15.5 5v14' : 'M8 5.5v13l11-6.5-11-6.5Z'} />
        </svg>
      </button>
      <button type="button" className="skip" onClick={() => skip(SKIP_MS)}>
        <span aria-hidden="true">+5 s</span>
        <span className="visually-hidden">On 5 seconds</span>
      </button>
      <p className="player-time">
        <span ref={time} /> <span className="quiet">/ {clockWords(durationMs)}</span>
      </p>
      <label className="player-choice">
        <span className="visually-hidden">Speed</span>
        <select value={rate} onChange={({ target }) => player.setRate(Number(target.value))}>
          {RATES.map((one) => (
            <option key={one} value={one}>
              {one}×
            </option>
          ))}
        </select>
      </label>
      <label className="player-choice">
        <span className="visually-hidden">Whose voice</span>
        <select value={side} onChange={({ target }) => player.setSide(target.value as HeardSide)}>
          {Object.entries(SIDES).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label className="follow">
        <input type="checkbox" checked={follows} onChange={({ target }) => onFollow(target.checked)} />
        Follow
      </label>
      {phase === 'failed' && (
        <p className="player-fault" role="alert">
          The recording cannot be played. Load the page again; if it stays so, look at the server’s log.
        </p>
      )}
    </div>
  );
}

import type { CallDetail } from '@parley/contracts/call-record';
import type { Peaks } from '@parley/contracts/calls-api';
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { clockWords } from '../records/call-words.ts';
import { drawWaveform } from './draw-waveform.ts';
import type { Player } from './player.ts';
import { interruptionsOf } from './timeline.ts';
import { following, instantOf, placeOf, scroll, ticksOf, wholeCall, zoom } from './viewport.ts';
import './waveform.css';

/** How far a key leads, in ms. */
const STEP_MS = 2_000;
const LEAP_MS = 10_000;
/** One step of the zoom. */
const CLOSER = 0.5;
/** Marks on the time axis. */
const MOST_TICKS = 8;

/** The call's sound, the caller above and the agent below, with the playhead in it. */
export function Waveform({
  call,
  peaks,
  player,
  durationMs,
}: {
  readonly call: CallDetail;
  readonly peaks: Peaks | null;
  readonly player: Player;
  readonly durationMs: number;
}) {
  const [view, setView] = useState(() => wholeCall(durationMs));
  const slider = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const playhead = useRef<HTMLSpanElement>(null);
  const { turns } = call;

  // The recording told its own length.
  useEffect(() => setView(wholeCall(durationMs)), [durationMs]);

  useEffect(() => {
    const { current } = canvas;
    if (!current) return;
    const draw = () => drawWaveform({ canvas: current, view, peaks, turns });
    draw();
    const resized = new ResizeObserver(draw);
    resized.observe(current);
    const scheme = window.matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      resized.disconnect();
      scheme.removeEventListener('change', draw);
    };
  }, [view, peaks, turns]);

  useEffect(() => {
    const place = (positionMs: number) => {
      const at = placeOf(view, positionMs);
      if (playhead.current) {
        playhead.current.style.left = `${100 * at}%`;
        playhead.current.hidden = at < 0 || at > 1;
      }
      slider.current?.setAttribute('aria-valuenow', String(Math.round(positionMs / 1_000)));
      slider.current?.setAttribute(
        'aria-valuetext',
        `${clockWords(positionMs)} of ${clockWords(durationMs)}`,
      );
    };
    place(player.positionMs());
    return player.watch((positionMs) => {
      place(positionMs);
      if (player.view().isPlaying) setView(following(view, positionMs, durationMs));
    });
  }, [player, view, durationMs]);

  useEffect(() => {
    const { current } = slider;
    if (!current) return;
    // Not through React, whose wheel events cannot be kept from scrolling the page.
    const turn = (event: WheelEvent) => {
      const { left, width } = current.getBoundingClientRect();
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const aroundMs = instantOf(view, (event.clientX - left) / width);
        setView(zoom(view, Math.exp(event.deltaY / 200), aroundMs, durationMs));
      } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        setView(scroll(view, event.deltaX / width, durationMs));
      }
    };
    current.addEventListener('wheel', turn, { passive: false });
    return () => current.removeEventListener('wheel', turn);
  }, [view, durationMs]);

  const seekTo = (event: PointerEvent<HTMLDivElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    player.seek(instantOf(view, (event.clientX - left) / width));
  };
  const obey = (event: KeyboardEvent) => {
    const target = targetOf(event.key, player.positionMs(), durationMs);
    if (target === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    player.seek(target);
    setView(following(view, player.positionMs(), durationMs));
  };
  const zoomBy = (factor: number) => setView(zoom(view, factor, player.positionMs(), durationMs));
  const isVisible = (atMs: number) => placeOf(view, atMs) >= 0 && placeOf(view, atMs) <= 1;
  const whole = wholeCall(durationMs);

  return (
    <div className="waveform">
      <div className="lane-names" aria-hidden="true">
        <span>Caller</span>
        <span>Agent</span>
      </div>
      <div
        className="wave"
        ref={slider}
        role="slider"
        tabIndex={0}
        aria-label="Position in the recording"
        aria-valuemin={0}
        aria-valuemax={Math.round(durationMs / 1_000)}
        aria-valuenow={0}
        onKeyDown={obey}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          seekTo(event);
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) seekTo(event);
        }}
      >
        <canvas ref={canvas} />
        {interruptionsOf(call)
          .filter(isVisible)
          .map((atMs) => (
            <span
              key={atMs}
              className="cut-mark"
              title={`Interrupted at ${clockWords(atMs)}`}
              style={{ left: `${100 * placeOf(view, atMs)}%` }}
            />
          ))}
        <span className="playhead" ref={playhead} />
      </div>
      <div className="wave-axis" aria-hidden="true">
        {ticksOf(view, MOST_TICKS).map((atMs) => (
          <span key={atMs} style={{ left: `${100 * placeOf(view, atMs)}%` }}>
            {clockWords(atMs)}
          </span>
        ))}
      </div>
      <fieldset className="zoom">
        <legend className="visually-hidden">Zoom</legend>
        <button
          type="button"
          aria-label="Show more of the call"
          disabled={view.spanMs >= whole.spanMs}
          onClick={() => zoomBy(1 / CLOSER)}
        >
          −
        </button>
        <button type="button" aria-label="Show it closer" onClick={() => zoomBy(CLOSER)}>
          +
        </button>
      </fieldset>
    </div>
  );
}

/** Where a key leads from `atMs`; null where it leads nowhere. */
function targetOf(key: string, atMs: number, durationMs: number): number | null {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return atMs - STEP_MS;
    case 'ArrowRight':
    case 'ArrowUp':
      return atMs + STEP_MS;
    case 'PageDown':
      return atMs - LEAP_MS;
    case 'PageUp':
      return atMs + LEAP_MS;
    case 'Home':
      return 0;
    case 'End':
      return durationMs;
    default:
      return null;
  }
}

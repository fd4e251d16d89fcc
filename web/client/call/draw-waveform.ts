import type { RecordedTurn } from '@parley/contracts/call-record';
import type { Peaks } from '@parley/contracts/calls-api';
import { loudest, swingOf } from './peaks.ts';
import { instantOf, placeOf, type Viewport } from './viewport.ts';

/** The caller above, the agent below. */
const LANES = ['caller', 'agent'] as const;
/** Of a lane's height, what the loudest sound fills. */
const FILL = 0.88;
/** A bar of sound and the gap after it, in CSS px. */
const BAR_PX = 2;
const GAP_PX = 1;

/** Draws both sides of a call: what was said as bands, and its sound as bars. Colours come from the canvas' own style. */
export function drawWaveform({
  canvas,
  view,
  peaks,
  turns,
}: {
  readonly canvas: HTMLCanvasElement;
  readonly view: Viewport;
  readonly peaks: Peaks | null;
  readonly turns: readonly RecordedTurn[];
}): void {
  const context = canvas.getContext('2d');
  const { clientWidth: width, clientHeight: height } = canvas;
  if (context === null || width === 0) return;
  const scale = window.devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  context.scale(scale, scale);

  const style = getComputedStyle(canvas);
  const laneHeight = height / LANES.length;
  const loud = peaks === null ? 1 : loudest(peaks);
  for (const [channel, role] of LANES.entries()) {
    const middle = laneHeight * (channel + 0.5);
    const colour = style.getPropertyValue(`--${role}`);
    context.fillStyle = colour;
    context.globalAlpha = peaks === null ? 0.45 : 0.14;
    for (const turn of turns) {
      if (turn.role !== role || turn.endedAtMs === null) continue;
      const left = placeOf(view, turn.startedAtMs) * width;
      const right = placeOf(view, turn.endedAtMs) * width;
      if (right < 0 || left > width) continue;
      context.beginPath();
      context.roundRect(left, middle - laneHeight * 0.46, Math.max(2, right - left), laneHeight * 0.92, 6);
      context.fill();
    }
    context.globalAlpha = 1;
    if (peaks === null) continue;
    const step = BAR_PX + GAP_PX;
    for (let x = 0; x < width; x += step) {
      const fromMs = instantOf(view, x / width);
      const { low, high } = swingOf(
        peaks,
        channel === 0 ? 0 : 1,
        fromMs,
        instantOf(view, (x + step) / width),
      );
      const up = (high / loud) * FILL * (laneHeight / 2);
      const down = (-low / loud) * FILL * (laneHeight / 2);
      context.fillRect(x, middle - Math.max(0.5, up), BAR_PX, Math.max(1, up + down));
    }
  }
}

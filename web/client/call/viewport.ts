/** The part of a call that the waveform shows. */
export interface Viewport {
  readonly fromMs: number;
  readonly spanMs: number;
}

/** No closer than this: a word fills a good part of the picture. */
const CLOSEST_MS = 2_000;

/** The whole of a call; of one without length, a second. */
export function wholeCall(durationMs: number): Viewport {
  return { fromMs: 0, spanMs: Math.max(1_000, durationMs) };
}

/** Where an instant stands, 0 at the left edge and 1 at the right. */
export function placeOf({ fromMs, spanMs }: Viewport, atMs: number): number {
  return (atMs - fromMs) / spanMs;
}

/** The instant at a place between the edges. */
export function instantOf({ fromMs, spanMs }: Viewport, place: number): number {
  return fromMs + place * spanMs;
}

/** Shows `factor` times as much, the instant `aroundMs` staying in its place. Never beyond the call. */
export function zoom(view: Viewport, factor: number, aroundMs: number, durationMs: number): Viewport {
  const whole = wholeCall(durationMs);
  const spanMs = Math.min(whole.spanMs, Math.max(Math.min(CLOSEST_MS, whole.spanMs), view.spanMs * factor));
  return within({ fromMs: aroundMs - placeOf(view, aroundMs) * spanMs, spanMs }, durationMs);
}

/** Moves on by a part of what is shown, as a scroll does. */
export function scroll(view: Viewport, share: number, durationMs: number): Viewport {
  return within({ ...view, fromMs: view.fromMs + share * view.spanMs }, durationMs);
}

/** The same view where the instant is in it, else one that begins a little before the instant. */
export function following(view: Viewport, atMs: number, durationMs: number): Viewport {
  const place = placeOf(view, atMs);
  if (place >= 0 && place <= 1) return view;
  return within({ ...view, fromMs: atMs - view.spanMs * 0.1 }, durationMs);
}

/** What a time axis is divided by, in ms. */
const STEPS_MS = [500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000].concat(
  [1, 2, 5, 10, 15, 30, 60, 120].map((minutes) => minutes * 60_000),
);

/** The instants that a time axis names, at most `most` of them. */
export function ticksOf({ fromMs, spanMs }: Viewport, most: number): readonly number[] {
  const stepMs = STEPS_MS.find((step) => spanMs / step <= most) ?? Math.ceil(spanMs / most);
  const ticks: number[] = [];
  for (let atMs = Math.ceil(fromMs / stepMs) * stepMs; atMs < fromMs + spanMs; atMs += stepMs)
    ticks.push(atMs);
  return ticks.slice(0, most);
}

function within({ fromMs, spanMs }: Viewport, durationMs: number): Viewport {
  return { fromMs: Math.max(0, Math.min(fromMs, wholeCall(durationMs).spanMs - spanMs)), spanMs };
}

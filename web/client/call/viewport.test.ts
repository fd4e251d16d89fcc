import fc from 'fast-check';
import { expect, it } from 'vitest';
import { following, instantOf, placeOf, scroll, ticksOf, wholeCall, zoom } from './viewport.ts';

it('keeps the instant under the pointer where it is', () => {
  const view = zoom(wholeCall(60_000), 0.5, 30_000, 60_000);
  expect(view).toEqual({ fromMs: 15_000, spanMs: 30_000 });
  expect(placeOf(view, 30_000)).toBe(0.5);
});

it('shows the call and nothing beyond it, however it is moved', () => {
  const step = fc.oneof(
    fc.record({ zoomBy: fc.double({ min: 0.1, max: 10, noNaN: true }), at: fc.nat(100_000) }),
    fc.record({ scrollBy: fc.double({ min: -3, max: 3, noNaN: true }) }),
    fc.record({ follow: fc.nat(100_000) }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), fc.array(step), (durationMs, steps) => {
      let view = wholeCall(durationMs);
      const { spanMs: most } = view;
      for (const one of steps) {
        if ('zoomBy' in one) view = zoom(view, one.zoomBy, one.at, durationMs);
        else if ('scrollBy' in one) view = scroll(view, one.scrollBy, durationMs);
        else view = following(view, one.follow, durationMs);
        expect(view.fromMs).toBeGreaterThanOrEqual(0);
        expect(view.spanMs).toBeGreaterThan(0);
        expect(view.fromMs + view.spanMs).toBeLessThanOrEqual(most + 1e-6);
      }
    }),
  );
});

it('follows the playhead out of the picture, and stays while it is in it', () => {
  const view = { fromMs: 0, spanMs: 10_000 };
  expect(following(view, 9_999, 60_000)).toBe(view);
  const next = following(view, 10_500, 60_000);
  expect(placeOf(next, 10_500)).toBeCloseTo(0.1);
});

it('turns a place into the instant that stands there', () => {
  const view = { fromMs: 4_000, spanMs: 8_000 };
  expect(instantOf(view, placeOf(view, 5_500))).toBe(5_500);
});

it('names round instants on its axis, and not too many', () => {
  expect(ticksOf({ fromMs: 0, spanMs: 60_000 }, 6)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000]);
  expect(ticksOf({ fromMs: 61_300, spanMs: 4_000 }, 8)).toEqual([
    61_500, 62_000, 62_500, 63_000, 63_500, 64_000, 64_500, 65_000,
  ]);
  for (const spanMs of [1_000, 700_000, 40_000_000]) {
    const ticks = ticksOf({ fromMs: 123, spanMs }, 7);
    expect(ticks.length).toBeGreaterThan(0);
    expect(ticks.length).toBeLessThanOrEqual(7);
  }
});

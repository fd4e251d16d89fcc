import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GATE_FRAME_MS, QUIET_GATE, type SpeechEdge, stepSpeechGate } from './speech-gate.ts';

const params = { threshold: 0.5 };

function run(probabilities: readonly number[], threshold = 0.5) {
  let state = QUIET_GATE;
  const edges: SpeechEdge[] = [];
  const verdicts: boolean[] = [];
  probabilities.forEach((probability, index) => {
    const atMs = (index + 1) * GATE_FRAME_MS;
    const step = stepSpeechGate(state, { probability, levelDb: -30, atMs }, { threshold });
    state = step.state;
    edges.push(...step.edges);
    verdicts.push(step.isSpeech);
  });
  return { state, edges, verdicts, types: edges.map((edge) => edge.type) };
}

describe('the speech gate', () => {
  it('starts at the first frame of speech, holds at the second and ends after 96 ms of silence', () => {
    const { edges, verdicts } = run([0.1, 0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1]);
    expect(edges).toEqual([
      { type: 'speechStarted', probability: 0.9, levelDb: -30, atMs: 64 },
      { type: 'held', probability: 0.9, levelDb: -30, atMs: 96 },
      { type: 'speechEnded', probability: 0.1, levelDb: -30, atMs: 224, lastSpeechAtMs: 128, speechMs: 96 },
    ]);
    expect(verdicts).toEqual([false, true, true, true, true, true, false, false]);
  });

  it('takes a click for a start and an end without a hold', () => {
    expect(run([0.9, 0.1, 0.1, 0.1]).types).toEqual(['speechStarted', 'speechEnded']);
  });

  it('holds only on frames in a run', () => {
    expect(run([0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.1]).types).toEqual(['speechStarted']);
    expect(run([0.9, 0.1, 0.9, 0.9]).types).toEqual(['speechStarted', 'held']);
  });

  it('goes on through a gap between words shorter than 96 ms', () => {
    const { types, edges } = run([0.9, 0.9, 0.1, 0.1, 0.9, 0.1, 0.1, 0.1]);
    expect(types).toEqual(['speechStarted', 'held', 'speechEnded']);
    expect(edges.at(-1)).toMatchObject({ lastSpeechAtMs: 160, speechMs: 160 });
  });

  it('needs the threshold to start and 0.15 less to go on', () => {
    expect(run([0.49, 0.49]).types).toEqual([]);
    expect(run([0.5, 0.35, 0.35, 0.35, 0.35]).types).toEqual(['speechStarted', 'held']);
    expect(run([0.5, 0.34, 0.34, 0.34]).types).toEqual(['speechStarted', 'speechEnded']);
  });

  it('never asks for less than 0.05 to go on', () => {
    expect(run([0.05, 0.04, 0.04, 0.04], 0.05).types).toEqual(['speechStarted', 'speechEnded']);
  });

  it('counts a probability that is no number as silence', () => {
    expect(run([Number.NaN]).types).toEqual([]);
    expect(run([0.9, Number.NaN, Number.NaN, Number.NaN]).types).toEqual(['speechStarted', 'speechEnded']);
  });

  it('ends speech whose sound went missing before it judges what came after', () => {
    const before = run([0.9, 0.9]);
    const late = { probability: 0.8, levelDb: -20, atMs: 5000 };
    const { edges, state } = stepSpeechGate(before.state, late, params);
    expect(edges.map((edge) => edge.type)).toEqual(['speechEnded', 'speechStarted']);
    expect(edges[0]).toMatchObject({ lastSpeechAtMs: 64, speechMs: 64 });
    expect(state).toMatchObject({ phase: 'speaking', startedAtMs: 5000 - GATE_FRAME_MS });
  });

  it('does not end speech whose frames arrive late and all at once', () => {
    let { state } = run([0.9, 0.9]);
    for (let i = 0; i < 8; i++) {
      const step = stepSpeechGate(state, { probability: 0.9, levelDb: -20, atMs: 320 }, params);
      expect(step.edges).toEqual([]);
      state = step.state;
    }
  });

  it('keeps its promises for any sound', () => {
    const probability = fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(0, 0.2, 0.4, 0.6, 1),
    );
    const threshold = fc.double({ min: 0.05, max: 0.95, noNaN: true });
    fc.assert(
      fc.property(fc.array(probability, { maxLength: 200 }), threshold, (probabilities, level) => {
        const { edges, verdicts, state } = run(probabilities, level);
        let open = false;
        let isHeld = false;
        for (const edge of edges) {
          expect(edge.type === 'speechStarted').toBe(!open);
          if (edge.type === 'held') {
            expect(isHeld).toBe(false);
            isHeld = true;
          }
          if (edge.type === 'speechStarted') {
            open = true;
            isHeld = false;
            expect(edge.probability).toBeGreaterThanOrEqual(level);
          }
          if (edge.type === 'speechEnded') {
            open = false;
            expect(edge.atMs - edge.lastSpeechAtMs).toBe(3 * GATE_FRAME_MS);
            expect(edge.speechMs).toBeGreaterThanOrEqual(GATE_FRAME_MS);
          }
        }
        expect(open).toBe(state.phase === 'speaking');
        expect(verdicts.at(-1) ?? false).toBe(open);
      }),
    );
  });
});

import { createSeededRandom } from '../../seeded-random.ts';
import { AgentModel } from '../../virtual/agent-model.ts';
import { AgentVoice } from '../../virtual/agent-voice.ts';
import { drawSettings } from '../../virtual/call-settings.ts';
import { connectCaller } from '../../virtual/connect-caller.ts';
import { drawSpeeds } from '../../virtual/stage-speeds.ts';
import { World } from '../../virtual/world.ts';
import type { WaitSetting } from '../wait-policy.ts';
import { ClipEar } from './clip-ear.ts';
import type { HeardClip } from './hear-clip.ts';

/** What the agent did at the place that a clip is about. */
export type ClipOutcome =
  /** It spoke before the caller was done. */
  | { readonly kind: 'cutIn' }
  /** It let the caller finish. `gapMs`: from the caller's last sound to the answer's first; null: none came. */
  | { readonly kind: 'waited'; readonly gapMs: number | null };

/** The greeting has been heard by then, in ms. */
const GREETED_WITHIN_MS = 30_000;
/** An answer that has not come by then never will, in ms. */
const ANSWER_WITHIN_MS = 8_000;

/**
 * Plays a clip to the engine in virtual time, with quick providers, so that the wait decides when the answer comes.
 * The same clip, agent and seed give the same result.
 */
export function playClip(
  heard: HeardClip,
  { silenceDurationMs, readScore }: WaitSetting,
  seed: number,
): ClipOutcome {
  const random = createSeededRandom(seed);
  const speeds = drawSpeeds(random, 'quick');
  const world = new World(drawSettings(random, { silenceDurationMs, hasModel: readScore !== null }));
  const ear = new ClipEar({ world, speeds, readScore });
  const unheard = { onStart: ignore, onWordStart: ignore, onWordEnd: ignore };
  const voice = new AgentVoice({ world, speeds, fault: null, ...unheard });
  new AgentModel(world, speeds, null);
  connectCaller(world);
  const isGreeted = () =>
    world.state.toldAgentState === 'listening' &&
    voice.stretches.some(({ untilMs }) => untilMs <= world.nowMs);
  if (!world.runUntil({ isMet: isGreeted, byMs: GREETED_WITHIN_MS }))
    throw new Error('the agent never comes to listen');

  const fromMs = world.nowMs;
  const endsAtMs = fromMs + heard.clip.endsAtMs;
  ear.hear(heard);
  const answer = () =>
    voice.stretches.find((stretch) => stretch.fromMs > fromMs && stretch.fromMs <= world.nowMs);
  world.runUntil({ isMet: () => answer() !== undefined, byMs: endsAtMs + ANSWER_WITHIN_MS });
  const answeredAtMs = answer()?.fromMs ?? null;
  if (answeredAtMs !== null && answeredAtMs <= endsAtMs) return { kind: 'cutIn' };
  return { kind: 'waited', gapMs: answeredAtMs === null ? null : answeredAtMs - endsAtMs };
}

function ignore(): void {}

import { levelDb } from '@parley/agent/audio/frame';
import type { EndOfTurn } from '@parley/agent/turn-detector/contract';
import { VAD_FRAME_SAMPLES, type Vad } from '@parley/agent/vad/contract';
import { vadParamsSchema } from '@parley/contracts/agent-definition';
import { GATE_FRAME_MS, QUIET_GATE, type SpeechEdge, stepSpeechGate } from '@parley/engine/vad/speech-gate';
import type { SpokenClip } from './clip.ts';

/** A clip as an agent's ear hears it, up to the answer: the gate's edges, each pause with the model's score. */
export interface HeardClip {
  readonly clip: Omit<SpokenClip, 'samples'>;
  readonly edges: readonly HeardEdge[];
}

export type HeardEdge =
  | Exclude<SpeechEdge, { readonly type: 'speechEnded' }>
  /** `score`: how likely the turn is over, 0 to 1; null: the model did not say. */
  | (Extract<SpeechEdge, { readonly type: 'speechEnded' }> & { readonly score: number | null });

const VAD_PARAMS = vadParamsSchema.parse({});
const never = new AbortController().signal;

/**
 * Feeds a clip to the detectors of the agent as its ear line does: the gate frame by frame, the model asked once a
 * pause, when the gate shuts. What they say of a turn that nobody cuts depends on no policy, so one hearing serves all.
 */
export async function hearClip(
  { samples, ...clip }: SpokenClip,
  { vad, endOfTurn }: { readonly vad: Vad; readonly endOfTurn: EndOfTurn },
): Promise<HeardClip> {
  const ear = vad.openEar();
  const turnEar = endOfTurn.openEar({ language: 'en' });
  const edges: HeardEdge[] = [];
  let gate = QUIET_GATE;
  const frames = Math.floor(samples.length / VAD_FRAME_SAMPLES);
  for (let index = 0; index < frames; index++) {
    const frame = samples.subarray(index * VAD_FRAME_SAMPLES, (index + 1) * VAD_FRAME_SAMPLES);
    const atMs = (index + 1) * GATE_FRAME_MS;
    const probability = await ear.process(frame);
    const step = stepSpeechGate(gate, { probability, levelDb: levelDb(frame), atMs }, VAD_PARAMS);
    gate = step.state;
    turnEar.push({ samples: frame, isSpeech: step.isSpeech });
    for (const edge of step.edges) {
      if (edge.type !== 'speechEnded') edges.push(edge);
      else {
        const said = clip.words.filter(({ endsAtMs }) => endsAtMs <= atMs).map(({ text }) => text);
        const score = await turnEar.score({ text: said.join(' '), signal: never });
        edges.push({ ...edge, score: score.kind === 'scored' ? score.probability : null });
      }
    }
  }
  turnEar.close();
  return { clip, edges };
}

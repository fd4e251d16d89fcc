import { CALLER } from '../../virtual/agent-ear.ts';
import { AgentRecogniser } from '../../virtual/agent-recogniser.ts';
import { ONE_WAY_MS, type StageSpeeds } from '../../virtual/stage-speeds.ts';
import type { World } from '../../virtual/world.ts';
import type { HeardClip, HeardEdge } from './hear-clip.ts';

/** Plays what an ear heard of a clip to the engine: the gate's edges, the words, and a score when it is asked for. */
export class ClipEar {
  readonly #world: World;
  readonly #speeds: StageSpeeds;
  readonly #readScore: ((score: number) => number) | null;
  readonly #recogniser: AgentRecogniser;
  #lastEdge: HeardEdge | null = null;

  constructor(options: {
    readonly world: World;
    readonly speeds: StageSpeeds;
    /** What the agent makes of the model's score; null: it asks no model. */
    readonly readScore: ((score: number) => number) | null;
  }) {
    this.#world = options.world;
    this.#speeds = options.speeds;
    this.#readScore = options.readScore;
    this.#recogniser = new AgentRecogniser({ ...options, fault: null, participantId: CALLER });
    this.#world.addStage((command) => {
      if (command.type === 'scoreEndOfTurn') this.#score();
    });
  }

  /** The clip leaves the caller's mouth from now on. */
  hear({ clip, edges }: HeardClip): void {
    const heardFromMs = this.#world.nowMs + ONE_WAY_MS;
    for (const edge of edges) this.#world.plan(ONE_WAY_MS + edge.atMs, () => this.#tell(edge, heardFromMs));
    for (const { text, endsAtMs } of clip.words) {
      const word = { text, isForeign: false, endsAtMs: heardFromMs + endsAtMs };
      this.#world.plan(ONE_WAY_MS + endsAtMs, () => this.#recogniser.hearWord(word));
    }
  }

  #tell(edge: HeardEdge, heardFromMs: number): void {
    this.#lastEdge = edge;
    const { probability, levelDb } = edge;
    const data = { participantId: CALLER, probability, levelDb };
    switch (edge.type) {
      case 'speechStarted':
        this.#recogniser.gateOpens();
        return this.#world.tell({ type: 'vadSpeechStarted', data });
      case 'held':
        return this.#world.tell({ type: 'vadHeld', data });
      case 'speechEnded': {
        const lastSpeechAtMs = heardFromMs + edge.lastSpeechAtMs;
        const { speechMs } = edge;
        this.#world.tell({ type: 'vadSpeechEnded', data: { ...data, lastSpeechAtMs, speechMs } });
        return this.#recogniser.gateShuts();
      }
    }
  }

  /** The engine asks in the step in which the gate shuts; speech that resumes overtakes the answer. */
  #score(): void {
    const asked = this.#lastEdge;
    if (this.#readScore === null || asked?.type !== 'speechEnded' || asked.score === null) return;
    const data = { participantId: CALLER, probability: this.#readScore(asked.score) };
    this.#world.plan(this.#speeds.scoreMs, () => {
      if (this.#lastEdge === asked) this.#world.tell({ type: 'endOfTurnScored', data });
    });
  }
}

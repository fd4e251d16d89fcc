import type { ParticipantId } from '@parley/contracts/ids';
import { goesWrong, type PlannedFault, type StageSpeeds } from './stage-speeds.ts';
import type { World } from './world.ts';

/** A recogniser of whole utterances knows one this long after the gate shuts. Source: docs/decisions/0010. */
const WHOLE_UTTERANCE_MS = 200;

/** A word at the agent. */
export interface SaidWord {
  readonly text: string;
  /** It is of no language that the recogniser knows. */
  readonly isForeign: boolean;
  readonly endsAtMs: number;
}

/** A recogniser that is told each word when it has been said; one with interims or one of whole utterances. */
export class AgentRecogniser {
  readonly #world: World;
  readonly #speeds: StageSpeeds;
  readonly #fault: PlannedFault | null;
  readonly #participantId: ParticipantId;
  readonly #said: SaidWord[] = [];
  #taken = 0;
  #toldText = '';
  #finals = 0;
  #isGateOpen = false;

  constructor(options: {
    readonly world: World;
    readonly speeds: StageSpeeds;
    readonly fault: PlannedFault | null;
    readonly participantId: ParticipantId;
  }) {
    this.#world = options.world;
    this.#speeds = options.speeds;
    this.#fault = options.fault;
    this.#participantId = options.participantId;
    this.#world.addStage((command) => {
      if (command.type === 'finalizeStt' || command.type === 'reopenStt') this.#finalize();
    });
  }

  hearWord(word: SaidWord): void {
    this.#said.push(word);
    if (!this.#world.state.settings.givesInterims) return;
    this.#world.plan(this.#speeds.interimLagMs, () => this.#tellInterim(word.endsAtMs));
  }

  gateOpens(): void {
    this.#isGateOpen = true;
  }

  gateShuts(): void {
    this.#isGateOpen = false;
    const { givesInterims } = this.#world.state.settings;
    if (!givesInterims) this.#world.plan(WHOLE_UTTERANCE_MS, () => this.#tellInterim(this.#world.nowMs));
    const { ownFinalMs } = this.#speeds;
    if (!givesInterims || ownFinalMs === null) return;
    this.#world.plan(ownFinalMs, () => {
      if (!this.#isGateOpen && this.#taken < this.#said.length) this.#giveFinal(this.#world.nowMs, false);
    });
  }

  /** What was said up to an instant and is in no final. */
  #tellInterim(untilMs: number): void {
    const text = textOf(this.#said.slice(this.#taken).filter(({ endsAtMs }) => endsAtMs <= untilMs));
    if (text === '' || text === this.#toldText) return;
    this.#toldText = text;
    this.#world.tell({ type: 'transcriptChanged', data: { participantId: this.#participantId, text } });
  }

  #finalize(): void {
    const askedAtMs = this.#world.nowMs;
    if (goesWrong(this.#fault, 'noFinal', this.#finals++)) return;
    this.#world.plan(this.#speeds.finalMs, () => this.#giveFinal(askedAtMs, true));
  }

  #giveFinal(untilMs: number, answersFinalize: boolean): void {
    const words = this.#said.slice(this.#taken).filter(({ endsAtMs }) => endsAtMs <= untilMs);
    this.#taken += words.length;
    this.#toldText = '';
    const text = textOf(words);
    const outcome = text !== '' ? 'words' : words.length > 0 ? 'rejected' : 'silence';
    const data = { participantId: this.#participantId, text, outcome, wordCount: words.length } as const;
    this.#world.tell({ type: 'transcriptFinal', data: { ...data, answersFinalize } });
  }
}

function textOf(words: readonly SaidWord[]): string {
  return words.flatMap(({ text, isForeign }) => (isForeign ? [] : [text])).join(' ');
}

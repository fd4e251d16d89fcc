import type { Llm } from '../llm/contract.ts';
import type { Stt } from '../stt/contract.ts';
import type { Tts } from '../tts/contract.ts';
import type { EndOfTurn } from '../turn-detector/contract.ts';
import type { Vad } from '../vad/contract.ts';

/** The stages that a call of one agent uses; shared by every call of that agent in the process. */
export interface CallStages {
  readonly vad: Vad;
  readonly stt: Stt;
  readonly llm: Llm;
  readonly tts: Tts;
  readonly endOfTurn: EndOfTurn;
  /** A voice of `tts`. */
  readonly voice: string;
  /** Has the voice make these lines before they are needed. */
  readonly preload: (lines: readonly string[]) => Promise<void>;
}

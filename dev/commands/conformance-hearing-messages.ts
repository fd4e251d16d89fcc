import type { SentenceHalf } from '@parley/bench/conformance/ladder/spoken/flite-clips';
import type { HeardClip } from '@parley/bench/conformance/ladder/spoken/hear-clip';

/** The two halves of the synthetic sentences, and people's recordings. */
export type ClipPart = SentenceHalf | 'recorded';

/** What the process that hears clips is asked, as JSON in its one argument. */
export interface HearClipsRequest {
  /** The file smart-turn-v3.2-cpu.onnx. */
  readonly modelFile: string;
  /** Synthetic clips of each half. */
  readonly clips: number;
  readonly seed: number;
  /** Whether people's recordings are heard as well, where they are installed. */
  readonly hearsRecordings: boolean;
}

/** One clip that was heard; the process ends with code 0 after the last. */
export interface FromHearClips {
  readonly part: ClipPart;
  readonly heard: HeardClip;
}

/**
 * While it is not `on`, silence stands on both channels and time goes on: for the caller's consent (`waiting`), for as
 * long as somebody asked (`paused`), or to the end (`refused`).
 */
export type RecordingState = 'waiting' | 'on' | 'paused' | 'refused';

/** Sound is missing in a recording, or will be; the call itself goes on. */
export interface RecordingLoss {
  readonly cause: 'disk_full' | 'read_only' | 'failed';
  readonly message: string;
}

/** Records one call: left all humans' microphones, right the agent as it was heard. */
export interface Recorder {
  /** A person's microphone gave these samples of 16 kHz, the last of them just now. */
  hear(participantId: string, samples: Int16Array): void;
  /** The track was given this sound of the agent; it leaves after the `queuedMs` that the track held before. */
  give(samples: Int16Array, queuedMs: number): void;
  /** The last `droppedMs` of what the track was given do not leave. */
  takeBack(droppedMs: number): void;
  setState(state: RecordingState): void;
  /** Called once, when the first sound is lost; at once if that was before. */
  onIncomplete(listener: (loss: RecordingLoss) => void): void;
  /** Ends the recording at this instant; resolves when it is written, or cannot be. Safe to call twice. */
  close(): Promise<void>;
}

import path from 'node:path';
import { partName } from '@parley/recordings/part-name';
import { RECORDING_RATE_HZ } from '@parley/recordings/wav-file';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { createAgentLine } from './agent-line.ts';
import type { Recorder, RecordingLoss } from './contract.ts';
import { createMicrophoneLine, type MicrophoneLine } from './microphone-line.ts';
import { createPartFile, type OpenFile, type PartFile } from './part-file.ts';
import { createRecordingGate } from './recording-gate.ts';

/**
 * How often sound is written, in ms. What is written is at least one such step old: a killed process loses 0.4 s, and
 * sound that a busy process took late has come by then.
 */
const STEP_MS = 200;
/** Sound of the agent is settled so much ahead of what is written, so that a resampler has its end. */
const SETTLE_AHEAD = (50 * RECORDING_RATE_HZ) / 1000;
/** Most that is mixed at once: a process that stood still for an hour has no such array to fill. */
const LONGEST_BLOCK = RECORDING_RATE_HZ;

/**
 * Opens the recorder of one process's part of a call. Nothing is kept before its state is `on` for the first time: the
 * file `<folder>/<callId>.<generation>.wav.part` begins there.
 */
export function openRecorder(options: {
  readonly folder: string;
  readonly callId: string;
  readonly generation: number;
  /** Wall clock at 0 of the clock. */
  readonly startedAtEpochMs: number;
  /** The call clock. */
  readonly clock: Clock;
  /** `agent`: the caller's channel is silence. */
  readonly channels: 'agent' | 'both';
  readonly trackRateHz: number;
  readonly log: Logger;
  /** How a file is opened. Node's own by default. */
  readonly open?: (name: string, flags: string, mode: number) => Promise<OpenFile>;
}): Recorder {
  const { clock, log, folder, callId, generation, startedAtEpochMs } = options;
  const name = path.join(folder, partName(callId, generation));
  const gate = createRecordingGate();
  const microphones = new Map<string, MicrophoneLine>();
  const agent = createAgentLine(options.trackRateHz);
  const listeners = new Set<(loss: RecordingLoss) => void>();
  let firstLoss: RecordingLoss | null = null;
  let part: { readonly file: PartFile; readonly from: number } | null = null;
  let closing: Promise<void> | null = null;

  const placeNow = () => Math.round((clock.nowMs() * RECORDING_RATE_HZ) / 1000);
  let mixedTo = placeNow();
  let steppedAt = mixedTo;

  const onLost = (loss: RecordingLoss) => {
    if (firstLoss !== null) return;
    firstLoss = loss;
    log.error(loss, 'the recording is incomplete; the call goes on');
    for (const listener of listeners) listener(loss);
    listeners.clear();
  };
  const begin = () => {
    const from = placeNow();
    const info = { callId, startedAtEpochMs, from, spans: [{ generation, from, to: null }] };
    part = { file: createPartFile({ ...options, name, info, onLost }), from };
  };
  const mix = (to: number) => {
    const from = mixedTo;
    mixedTo = to;
    const left = new Int32Array(to - from);
    const right = new Int32Array(to - from);
    for (const [participantId, line] of microphones) {
      line.mixInto(left, from);
      if (line.isEmpty) microphones.delete(participantId);
    }
    agent.mixInto(right, from);
    for (const closed of gate.closedWithin(from, to)) {
      left.fill(0, closed.from - from, closed.to - from);
      right.fill(0, closed.from - from, closed.to - from);
    }
    if (part === null || to <= part.from) return;
    part.file.append(interleaved(left, right, Math.max(0, part.from - from)));
  };
  const mixTo = (to: number, settledTo: number) => {
    agent.settle(settledTo);
    while (mixedTo < to) mix(Math.min(to, mixedTo + LONGEST_BLOCK));
  };
  const step = () => {
    const now = placeNow();
    mixTo(steppedAt, Math.min(now, steppedAt + SETTLE_AHEAD));
    steppedAt = now;
    return clock.at(clock.nowMs() + STEP_MS, () => (cancelStep = step()));
  };
  const end = async () => {
    cancelStep();
    const now = placeNow();
    // Beyond now nothing is written: it only lets go of what a resampler still has of before.
    mixTo(now, now + SETTLE_AHEAD);
    await part?.file.close();
  };

  let cancelStep = step();

  return {
    hear(participantId, samples) {
      if (closing !== null || options.channels === 'agent') return;
      const line = microphones.get(participantId) ?? createMicrophoneLine();
      microphones.set(participantId, line);
      line.take(samples, placeNow());
    },
    give(samples, queuedMs) {
      if (closing === null) agent.give(samples, placeNow() + (queuedMs * RECORDING_RATE_HZ) / 1000);
    },
    takeBack(droppedMs) {
      if (closing === null) agent.takeBack(droppedMs);
    },
    setState(state) {
      if (closing !== null) return;
      gate.set(state === 'on', placeNow());
      if (state === 'on' && part === null) begin();
    },
    onIncomplete(listener) {
      if (firstLoss !== null) listener(firstLoss);
      else listeners.add(listener);
    },
    close: () => (closing ??= end()),
  };
}

/** Both channels side by side from `from` on, in the byte order of WAV and of every machine that Node runs on. */
function interleaved(left: Int32Array, right: Int32Array, from: number): Uint8Array {
  const pairs = new Int16Array(2 * (left.length - from));
  for (let at = from; at < left.length; at++) {
    pairs[2 * (at - from)] = clipped(left[at] ?? 0);
    pairs[2 * (at - from) + 1] = clipped(right[at] ?? 0);
  }
  return new Uint8Array(pairs.buffer);
}

function clipped(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, sample));
}

import type { AgentDefinition } from '@parley/contracts/agent-definition';
import type { EndReason } from '@parley/contracts/call-event';
import { MAIN_SEAT } from '@parley/contracts/ids';
import { joinCall } from '@parley/recordings/join-call';
import type { Logger } from 'pino';
import type { Recorder } from '../recording/contract.ts';
import { NO_RECORDER } from '../recording/no-recorder.ts';
import { openRecorder } from '../recording/recorder.ts';
import type { Clock } from '../runtime/clock.ts';
import type { AssignedCall } from '../worker/contract.ts';
import { recordsFolder } from './journal.ts';

/** What this process records of a call. */
export interface CallRecording {
  readonly recorder: Recorder;
  /**
   * Ends the part now. It becomes one recording with those before it, unless another process already goes on with the
   * call: that one joins them, and a later one joins its own to what it finds. The first call of it counts; never rejects.
   */
  finish(reason: EndReason): Promise<void>;
}

/** The parts lie beside the journal. Only the main seat records. */
export function openCallRecording(options: {
  readonly call: AssignedCall;
  readonly definition: AgentDefinition;
  readonly dataDir: string;
  /** Wall clock at 0 of the call clock. */
  readonly startedAtEpochMs: number;
  readonly clock: Clock;
  readonly trackRateHz: number;
  /** False: the parts go to the server, which joins them. */
  readonly joinsParts: boolean;
  readonly log: Logger;
}): CallRecording {
  const { call, clock, log, startedAtEpochMs } = options;
  const { callId } = call;
  const { seat, generation } = call.metadata;
  const channels = options.definition.recording;
  if (channels === 'off' || seat !== MAIN_SEAT) return { recorder: NO_RECORDER, async finish() {} };
  const folder = recordsFolder(options.dataDir, startedAtEpochMs);
  const { trackRateHz } = options;
  const recorder = openRecorder({
    folder,
    callId,
    generation,
    startedAtEpochMs,
    clock,
    channels,
    trackRateHz,
    log,
  });

  const join = async () => {
    const joined = await joinCall({ folder, callId, upToGeneration: generation });
    if (joined === null) return;
    const { lengthMs, generations } = joined;
    log.info({ lengthMs, generations }, 'the recording is whole');
  };
  const finish = async (reason: EndReason) => {
    await recorder.close();
    if (reason === 'superseded' || !options.joinsParts) return;
    // The parts stay, and may be joined later.
    await join().catch((err) => log.error({ err }, 'the parts of the recording could not be joined'));
  };
  let finishing: Promise<void> | null = null;
  return { recorder, finish: (reason) => (finishing ??= finish(reason)) };
}

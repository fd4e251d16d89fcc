import type { ReplyLatency } from '@parley/contracts/call-record';
import type { ParticipantId } from '@parley/contracts/ids';
import type { AudioSink } from '../../playout/contract.ts';
import { createAsyncQueue } from '../../runtime/async-queue.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { RoomConnection, RoomEvent } from '../../transport/contract.ts';

/** A room without an SFU: what the agent does in it is kept, and people in it are played by the test. */
export interface SimulatedRoom extends RoomConnection {
  readonly agentStates: readonly string[];
  readonly userTranscripts: readonly { readonly text: string; readonly isFinal: boolean }[];
  /** The agent's captions by segment. */
  readonly captions: ReadonlyMap<
    string,
    { readonly text: string; readonly closed: 'open' | 'whole' | 'interrupted' }
  >;
  readonly latencies: readonly ReplyLatency[];
  readonly sessionMessages: readonly { readonly to: ParticipantId; readonly bytes: Uint8Array }[];
  readonly isDeleted: boolean;
  happen(event: RoomEvent): void;
  /** Sound of a participant's microphone, 512 samples at 16 kHz. */
  sound(participantId: ParticipantId, samples: Int16Array): void;
}

/** Its sink sends at the rate of the clock and forgets what was sent. */
export function createSimulatedRoom(clock: Clock, sampleRateHz: number): SimulatedRoom {
  const events = createAsyncQueue<RoomEvent>(1_000);
  const agentStates: string[] = [];
  const userTranscripts: { text: string; isFinal: boolean }[] = [];
  const captions = new Map<string, { text: string; closed: 'open' | 'whole' | 'interrupted' }>();
  const latencies: ReplyLatency[] = [];
  const sessionMessages: { to: ParticipantId; bytes: Uint8Array }[] = [];
  let onAudio = (_participantId: ParticipantId, _samples: Int16Array) => {};
  let isDeleted = false;
  return {
    sink: createSimulatedSink(clock, sampleRateHz),
    events,
    onAudio: (listener) => {
      onAudio = listener;
    },
    setAgentState: (state) => void agentStates.push(state),
    setAttributes() {},
    publishUserTranscript: ({ text, isFinal }) => void userTranscripts.push({ text, isFinal }),
    appendAgentTranscript({ segmentId, delta }) {
      const text = `${captions.get(segmentId)?.text ?? ''}${delta}`;
      captions.set(segmentId, { text, closed: 'open' });
    },
    closeAgentTranscript({ segmentId, isInterrupted }) {
      const caption = captions.get(segmentId);
      if (caption !== undefined)
        captions.set(segmentId, { ...caption, closed: isInterrupted ? 'interrupted' : 'whole' });
    },
    sendSessionMessage: (to, bytes) => void sessionMessages.push({ to, bytes }),
    publishReplyLatency: (latency) => void latencies.push(latency),
    async deleteRoom() {
      isDeleted = true;
    },
    async close() {
      events.end();
    },
    agentStates,
    userTranscripts,
    captions,
    latencies,
    sessionMessages,
    get isDeleted() {
      return isDeleted;
    },
    happen: (event) => void events.push(event),
    sound: (participantId, samples) => onAudio(participantId, samples),
  };
}

function createSimulatedSink(clock: Clock, sampleRateHz: number): AudioSink {
  let drainedAtMs = 0;
  const queuedDurationMs = () => Math.max(0, drainedAtMs - clock.nowMs());
  return {
    sampleRateHz,
    async push(samples) {
      drainedAtMs = Math.max(drainedAtMs, clock.nowMs()) + (samples.length / sampleRateHz) * 1000;
    },
    queuedDurationMs,
    cutWaitMs: () => 0,
    clear() {
      const droppedMs = queuedDurationMs();
      drainedAtMs = clock.nowMs();
      return droppedMs;
    },
  };
}

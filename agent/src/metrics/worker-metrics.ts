import { callEventData, endReasonSchema } from '@parley/contracts/call-event';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ShippingCounts } from '../shipping/shipping-counts.ts';
import type { CallCounts } from './call-meter.ts';

/** Upper bounds of waits of a conversation, in s: fine where a pause begins to be felt, coarse where it is long. */
const WAIT_BUCKETS_S = [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 5, 8];
/** Upper bounds of delays of a timer, in s; a delay of 0.08 is not heard yet. Source: `agent/src/playout/feed-times.ts`. */
const TIMER_BUCKETS_S = [0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.12, 0.25, 0.5, 1];

/** What a process knows of itself at the moment of a scrape. */
export interface ProcessNow {
  readonly isRegistered: boolean;
  readonly calls: number;
  readonly maxCalls: number;
  /** Null: nothing is shipped from here. */
  readonly shipping: ShippingCounts | null;
}

/** The figures of a worker process. No label tells of a call, a caller or a room: each has few values, known beforehand. */
export interface WorkerMetrics {
  /** Counted up by the meter of each call. */
  readonly counts: CallCounts;
  /** From now on the Node process is told of too: its memory, processor and event loop. Called once a process. */
  watchProcess(): void;
  /** As Prometheus reads it, format 0.0.4. */
  exposition(now: ProcessNow): Promise<string>;
}

export const EXPOSITION_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

export function createWorkerMetrics(): WorkerMetrics {
  const registry = new Registry();
  const showProcess = processFigures(registry);
  const showShipping = shippingFigures(registry);
  return {
    counts: callFigures(registry),
    watchProcess: () => collectDefaultMetrics({ register: registry }),
    exposition(now) {
      showProcess(now);
      if (now.shipping !== null) showShipping(now.shipping);
      return registry.metrics();
    },
  };
}

function callFigures(registry: Registry): CallCounts {
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  /** Each value is told from the start, as the first of a kind would not be seen to rise otherwise. */
  const counterBy = (label: string, values: readonly string[], name: string, help: string) => {
    const made = new Counter<string>({ name, help, labelNames: [label], registers });
    for (const value of values) made.inc({ [label]: value }, 0);
    return made;
  };
  const waits = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Histogram({ name, help, labelNames, registers, buckets: WAIT_BUCKETS_S });
  return {
    started: counterBy(
      'kind',
      ['new', 'resumed'],
      'parley_calls_started_total',
      'Calls that this process began or went on with.',
    ),
    ended: counterBy(
      'reason',
      [...endReasonSchema.options, 'broken_off'],
      'parley_calls_ended_total',
      'Calls that ended in this process, by end reason; broken_off: without one.',
    ),
    turns: counterBy('role', ['caller', 'agent'], 'parley_turns_total', 'Turns of the record, by who spoke.'),
    stages: waits(
      'parley_answer_stage_seconds',
      'Where the time to an answer went. The stages add up to voice to voice; stt_final lies within end_of_turn.',
      'stage',
    ),
    voiceToVoice: waits(
      'parley_voice_to_voice_seconds',
      "From the caller's last sound at their mouth to the answer's first at their ear, estimated.",
    ),
    interruptions: counterBy(
      'outcome',
      ['stopped', 'resumed'],
      'parley_interruptions_total',
      'Replies that the caller spoke into: stopped for good, or resumed after a moment.',
    ),
    speculations: counter('parley_speculations_total', 'Answers begun on a guess, before the turn was over.'),
    usedSpeculations: counter('parley_speculations_used_total', 'Of those, the answers that were used.'),
    stageFailures: counterBy(
      'stage',
      callEventData.pipelineFailed.shape.stage.options,
      'parley_stage_failures_total',
      'Failures that a stage told of.',
    ),
    incompleteRecordings: counterBy(
      'cause',
      callEventData.recordingIncomplete.shape.cause.options,
      'parley_recording_losses_total',
      'Losses of sound in recordings, by cause.',
    ),
    sttAudio: counter('parley_stt_audio_seconds_total', 'Sound that recognisers counted.'),
    llmTokens: counterBy(
      'direction',
      ['input', 'output'],
      'parley_llm_tokens_total',
      'Tokens that models counted.',
    ),
    ttsCharacters: counter('parley_tts_characters_total', 'Characters that voices counted.'),
    playoutLag: new Histogram({
      name: 'parley_playout_lag_seconds',
      help: 'How late the playout was woken to feed a track; more than 0.08 may be heard.',
      registers,
      buckets: TIMER_BUCKETS_S,
    }),
    active: new Gauge({ name: 'parley_calls_active', help: 'Calls that run in this process.', registers }),
  };
}

function processFigures(registry: Registry): (now: ProcessNow) => void {
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [registry] });
  const registered = gauge('parley_worker_registered', 'Whether livekit-server knows this process: 1 or 0.');
  const slots = gauge('parley_worker_slots', 'Calls that this process can have at the same time.');
  const usedSlots = gauge('parley_worker_slots_used', 'Slots taken, by calls and by offers of calls.');
  return ({ isRegistered, calls, maxCalls }) => {
    registered.set(isRegistered ? 1 : 0);
    slots.set(maxCalls);
    usedSlots.set(calls);
  };
}

function shippingFigures(registry: Registry): (counts: ShippingCounts) => void {
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  // Counted where it happens; here it is only shown.
  const total = (name: string, help: string) => {
    const counter = new Counter({ name, help, registers });
    return (value: number) => {
      counter.reset();
      counter.inc(value);
    };
  };
  const backlog = gauge('parley_shipping_backlog_lines', 'Journal lines that the server has not confirmed.');
  const oldest = gauge('parley_shipping_oldest_seconds', 'How long the oldest of them has waited.');
  const shipped = total('parley_shipping_lines_total', 'Journal lines that the server confirmed.');
  const lost = total(
    'parley_shipping_lost_lines_total',
    'Journal lines that were lost before they could be shipped.',
  );
  const unwritten = total('parley_shipping_unwritten_lines_total', 'Journal lines that the disk refused.');
  const files = total('parley_shipping_files_total', 'Files that the server took.');
  const failures = total(
    'parley_shipping_failures_total',
    'Shipments and uploads that failed; they are tried again.',
  );
  return (counts) => {
    backlog.set(counts.backlogLines);
    oldest.set((counts.oldestUnshippedMs ?? 0) / 1000);
    shipped(counts.shippedLines);
    lost(counts.lostLines);
    unwritten(counts.unwrittenLines);
    files(counts.uploadedFiles);
    failures(counts.failures);
  };
}

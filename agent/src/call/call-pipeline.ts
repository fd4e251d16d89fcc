import type { CallCommand, CallEvent, EndReason } from '@parley/contracts/call-event';
import type { CarriedCall } from '@parley/contracts/carried-call';
import { AGENT_ATTRIBUTE } from '@parley/contracts/room-protocol';
import type { CallSettings } from '@parley/engine/call/settings';
import type { CallState } from '@parley/engine/call/state';
import { modelContext } from '@parley/engine/conversation/model-context';
import type { Logger } from 'pino';
import { createCallSession } from '../agent-session/agent-session.ts';
import { createPlayout } from '../playout/playout.ts';
import type { DecodeKeptSound } from '../pre-connect/contract.ts';
import type { Recorder } from '../recording/contract.ts';
import type { Clock } from '../runtime/clock.ts';
import { createDeferred } from '../runtime/deferred.ts';
import type { RoomConnection, RoomEvent } from '../transport/contract.ts';
import { createAnswerLatency } from './answer-latency.ts';
import { createCallDriver, type NewCallEvent } from './call-driver.ts';
import { openEars } from './ears.ts';
import type { Journal } from './journal.ts';
import type { LiveRecord } from './live-record.ts';
import { createRecordedSink } from './recorded-sink.ts';
import { callEventOfSwitch } from './stage-events.ts';
import type { CallStages, StageNews } from './stages.ts';
import { callEventOfPlayout, type ModelBrief, openVoiceLine } from './voice-line.ts';

/** One call's stages, wired in the order in which sound travels. */
export interface CallPipeline {
  readonly state: CallState;
  /** Resolves when the call has ended, with the reason. */
  readonly ended: Promise<EndReason>;
  readonly stages: CallStages;
  /** The stages are warm: the first gate of the greeting. */
  ready(): void;
  end(reason: EndReason): void;
  /** Stops every stage. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * room → ears (VAD, speech gate, STT) → engine → voice (LLM, TTS, playout) → room.
 * Stages know nothing of each other; what happens in one goes to the reducer, and only its commands act.
 */
export function openCallPipeline(options: {
  readonly room: RoomConnection;
  readonly openStages: (news: StageNews) => CallStages;
  readonly settings: CallSettings;
  /** What a model is told of the agent, which speaks this language now. */
  readonly brief: (language: string) => ModelBrief;
  /** What an earlier generation left of the call; null where there was none, or nothing is known of it. */
  readonly carried: CarriedCall | null;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Nobody else adds to it. */
  readonly record: LiveRecord;
  /** Its owner closes it, when the pipeline is closed. */
  readonly recorder: Recorder;
  /** Makes sound of what a page kept from before the agent came. */
  readonly decodeKeptSound: DecodeKeptSound;
  /** Told how late the playout was woken, in ms. */
  readonly playoutWoken: (lateMs: number) => void;
  readonly log: Logger;
  readonly spawn: (task: () => Promise<void>) => void;
}): CallPipeline {
  const { room, settings, clock, journal, record, recorder, log, spawn } = options;
  const send = (event: NewCallEvent) => driver.send(event);
  const stages = options.openStages({
    onSwitched: (switched) => send(callEventOfSwitch(switched, stages.stt)),
    onHearingLost: ({ code, message }) => send({ type: 'sttFailed', data: { code, message } }),
    onHeard: ({ provider, model }, audioMs) =>
      send({ type: 'usageCounted', data: { stage: 'stt', provider, model, audioMs } }),
  });

  // 1. In: a participant's microphone goes to an ear of its own.
  const ears = openEars({ stages, settings, clock, decode: options.decodeKeptSound, send, log, spawn });
  room.onAudio((participantId, samples) => {
    recorder.hear(participantId, samples);
    ears.take(participantId, samples);
  });

  // 2. Out: the model's words go to the voice, its sound to the playout, which feeds the room.
  const playout = createPlayout({
    sink: createRecordedSink(room.sink, recorder),
    clock,
    log,
    onEvent: (event) => send(callEventOfPlayout(event)),
    onWoken: options.playoutWoken,
  });
  const voice = openVoiceLine({
    llm: stages.llm,
    brief: () => options.brief(driver.state.settings.language),
    tts: stages.tts,
    voice: stages.voice,
    language: () => driver.state.settings.language,
    playout,
    send,
    log,
    spawn,
  });

  // 3. Between them: the engine decides, this obeys.
  const end = createDeferred<EndReason>();
  const obey = (command: CallCommand, state: CallState) => {
    switch (command.type) {
      case 'setAgentState':
        return room.setAgentState(command.data.state);
      case 'setVoiceState':
        return room.setAttributes({
          [AGENT_ATTRIBUTE.isInterruptible]: String(command.data.isInterruptible),
          [AGENT_ATTRIBUTE.isHeld]: String(command.data.isHeld),
        });
      case 'startLlm': {
        const { replyId, node, speculativeText } = command.data;
        return voice.startLlm(replyId, modelContext(state.conversation, speculativeText), node);
      }
      case 'speak':
        return voice.speak(command.data.replyId, command.data.segmentId, command.data.text);
      case 'finishSpeech':
        return voice.finishSpeech(command.data.replyId);
      case 'abortReply':
        return voice.abort(command.data.replyId, command.data.reason);
      case 'useProviders':
        if (command.data.language !== undefined) ears.setLanguage(command.data.language);
        return stages.use(command.data);
      case 'holdPlayout':
        return playout.hold(command.data.replyId);
      case 'resumePlayout':
        return playout.resume(command.data.replyId);
      case 'clearPlayout':
        return playout.clear(command.data.replyId);
      case 'finalizeStt':
        return ears.finalize(command.data.participantId);
      case 'reopenStt':
        return ears.reopenRecogniser(command.data.participantId);
      case 'scoreEndOfTurn':
        return ears.scoreEndOfTurn(command.data.participantId, command.data.text);
      case 'endScoredTurn':
        return ears.endTurn(command.data.participantId);
      case 'captionUser': {
        const { participantId, turnId, text, isFinal } = command.data;
        return room.publishUserTranscript({ participantId, segmentId: turnId, text, isFinal });
      }
      case 'captionAgent':
        return room.appendAgentTranscript({ segmentId: command.data.replyId, delta: command.data.delta });
      case 'closeCaption': {
        const { replyId, isInterrupted, unheard } = command.data;
        voice.release(replyId);
        return room.closeAgentTranscript({ segmentId: replyId, isInterrupted, unheard });
      }
      case 'recordTurn':
        // The journal holds the turn; shipping it to the server begins there.
        return;
      case 'setRecording':
        return recorder.setState(command.data.state);
      case 'endCall':
        return end.resolve(command.data.reason);
    }
  };
  const tellLatency = createAnswerLatency((latency) => room.publishReplyLatency(latency));
  const { agent, startedAtEpochMs, engineVersion: version } = record.header;
  const session = createCallSession({ agent, startedAtEpochMs, version, send: room.sendSessionMessage, log });
  const onStep = (event: CallEvent, commands: readonly CallCommand[]) => {
    record.append(event, commands);
    tellLatency(record.now);
    session.step(event, commands, { record: record.now, conversation: driver.state.conversation });
  };
  const driver = createCallDriver({ settings, clock, journal, onStep, obey });

  const onRoomEvent = (event: RoomEvent) => {
    switch (event.type) {
      case 'participantJoined': {
        const { participantId, kind, name } = event;
        ears.open(participantId);
        return send({ type: 'participantJoined', data: { participantId, kind, name } });
      }
      case 'participantListening':
        return send({ type: 'participantListening', data: { participantId: event.participantId } });
      case 'participantLeft': {
        const { participantId, reason } = event;
        ears.close(participantId);
        return send({ type: 'participantLeft', data: { participantId, reason } });
      }
      case 'microphoneOpened':
        return send({ type: 'microphoneOpened', data: { participantId: event.participantId } });
      case 'microphoneClosed':
        return send({ type: 'microphoneClosed', data: { participantId: event.participantId } });
      case 'chatReceived':
        return send({ type: 'chatReceived', data: { participantId: event.participantId, text: event.text } });
      case 'preConnectAnnounced':
        return ears.expectKept(event.participantId);
      case 'preConnectBegun':
        return ears.tellKept(event.participantId, { kind: 'begun' });
      case 'preConnectReceived': {
        const { participantId, sound, lastByteAtMs } = event;
        return ears.tellKept(participantId, { kind: 'received', sound, lastByteAtMs });
      }
      case 'transportMeasured': {
        const { participantId, toEarMs, fromMouthMs } = event;
        return send({ type: 'transportMeasured', data: { participantId, toEarMs, fromMouthMs } });
      }
      case 'sessionMessageReceived':
        return session.take(event.participantId, event.bytes);
      case 'recordingRequested':
        return send({ type: 'recordingRequested', data: { state: event.state } });
      case 'providersAsked':
        return send({ type: 'providersAsked', data: event.wanted });
      case 'inputRefused':
        if (event.what === 'pre_connect_audio') ears.tellKept(event.participantId, { kind: 'refused' });
        return log.warn(
          { personal: { participantId: event.participantId }, what: event.what },
          event.message,
        );
      case 'reconnecting':
      case 'reconnected':
        return log.info(`the room is ${event.type}`);
      case 'closed':
        return send({ type: 'endRequested', data: { reason: END_REASON_OF_CLOSE[event.reason] } });
    }
  };
  send({ type: 'callStarted', data: {} });
  if (options.carried !== null) send({ type: 'callResumed', data: options.carried });
  recorder.onIncomplete((loss) => send({ type: 'recordingIncomplete', data: loss }));
  spawn(async () => {
    for await (const event of room.events) onRoomEvent(event);
  });

  return {
    get state() {
      return driver.state;
    },
    ended: end.promise,
    stages,
    ready: () => send({ type: 'pipelineReady', data: {} }),
    end: (reason) => send({ type: 'endRequested', data: { reason } }),
    async close() {
      // Ears that close tell what they have heard for the bill.
      ears.closeAll();
      driver.close();
      voice.close();
      await playout.close();
      await stages.close();
    },
  };
}

const END_REASON_OF_CLOSE = {
  closed_by_us: 'worker_stopped',
  evicted: 'superseded',
  room_deleted: 'room_closed',
  lost: 'agent_failed',
} as const satisfies Record<Extract<RoomEvent, { type: 'closed' }>['reason'], EndReason>;

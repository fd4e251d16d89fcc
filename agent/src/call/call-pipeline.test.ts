import type { CallCommand, CallEvent } from '@parley/contracts/call-event';
import { participantIdSchema } from '@parley/contracts/ids';
import { testSettings } from '@parley/engine/call/testing/call-settings';
import { callRecordOf } from '@parley/engine/record/recorded-call';
import { headerOf } from '@parley/engine/replay/testing/journal-text';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { decodeKeptSound } from '../pre-connect/decode.ts';
import type { Recorder, RecordingLoss } from '../recording/contract.ts';
import { NO_RECORDER } from '../recording/no-recorder.ts';
import { createProviderHealth } from '../runtime/provider-health.ts';
import { createTaskGroup } from '../runtime/task-group.ts';
import { createVirtualClock } from '../runtime/virtual-clock.ts';
import { createNoEndOfTurn } from '../turn-detector/none.ts';
import { openCallPipeline } from './call-pipeline.ts';
import { openCallStages } from './call-stages.ts';
import { createLiveRecord } from './live-record.ts';
import { createSimulatedRoom } from './testing/simulated-room.ts';
import {
  createSimulatedLlm,
  createSimulatedStt,
  createSimulatedTts,
  createSimulatedVad,
  LOUD,
} from './testing/simulated-stages.ts';

/** Of what runs in this process. */
const HERE = { baseUrl: '', key: null };

const CALLER = participantIdSchema.parse('caller-1');
const FRAME_MS = 32;

function openCall(given: {
  says?: string[];
  answers?: string[];
  settings?: Parameters<typeof testSettings>[0];
  recorder?: Recorder;
}) {
  const clock = createVirtualClock();
  const room = createSimulatedRoom(clock, 16_000);
  const aborted: string[] = [];
  const recognisers = { opened: 0, closed: 0 };
  const group = createTaskGroup();
  const happened: CallEvent[] = [];
  const done: CallCommand[] = [];
  const tts = createSimulatedTts(clock, 50, aborted);
  const settings = testSettings({ givesInterims: false, finalizeAfterSilenceMs: 200, ...given.settings });
  const record = createLiveRecord(headerOf(settings));
  const log = pino({ level: 'silent' });
  const pipeline = openCallPipeline({
    room,
    openStages: (news) =>
      openCallStages({
        order: {
          vad: createSimulatedVad(),
          stt: [{ ...HERE, stage: createSimulatedStt(given.says ?? [], recognisers) }],
          llm: [{ ...HERE, stage: createSimulatedLlm(given.answers ?? [], aborted) }],
          tts: [{ ...HERE, stage: tts, voice: 'tone' }],
          endOfTurn: createNoEndOfTurn(),
          preload: async () => {},
        },
        hedgeAfterMs: null,
        health: createProviderHealth({ clock }),
        news,
        clock,
        log,
      }),
    settings,
    brief: () => ({ instructions: '', tools: [] }),
    record,
    carried: null,
    clock,
    journal: {
      append(event, commands) {
        happened.push(event);
        done.push(...commands);
      },
      close() {},
    },
    recorder: given.recorder ?? NO_RECORDER,
    decodeKeptSound,
    playoutWoken: () => {},
    log,
    spawn: group.spawn,
  });
  let framesHeard = 0;
  const sound = async (ms: number, height: number) => {
    for (let at = 0; at < ms; at += FRAME_MS) {
      framesHeard += 1;
      room.sound(CALLER, new Int16Array(512).fill(height));
      await clock.advance(FRAME_MS);
    }
  };
  return {
    clock,
    room,
    aborted,
    recognisers,
    pipeline,
    group,
    happened,
    record,
    done,
    framesHeard: () => framesHeard,
    speak: (ms: number) => sound(ms, LOUD),
    stayQuiet: (ms: number) => sound(ms, 0),
    async greet() {
      room.happen({ type: 'participantJoined', participantId: CALLER, kind: 'standard', name: 'Ann' });
      room.happen({ type: 'participantListening', participantId: CALLER });
      await clock.advance(0);
      pipeline.ready();
      await sound(2_000, 0);
    },
  };
}

describe('a call, wired', () => {
  it('greets, hears, answers and captions what was heard', async () => {
    const call = openCall({ says: ['are you open'], answers: ['We are open. Come in.'] });
    await call.greet();
    await call.speak(800);
    await call.stayQuiet(3_000);
    expect(call.room.userTranscripts.at(-1)).toEqual({ text: 'are you open', isFinal: true });
    expect([...call.room.captions.values()]).toEqual([
      { text: 'Hello there. How can I help?', closed: 'whole' },
      { text: 'We are open. Come in.', closed: 'whole' },
    ]);
    expect(call.room.agentStates).toEqual([
      'initializing',
      'thinking',
      'speaking',
      'listening',
      'thinking',
      'speaking',
      'listening',
    ]);
    await call.pipeline.close();
  });

  it('stops model, voice and sound when the caller takes the floor, and answers the new turn', async () => {
    const call = openCall({
      says: ['are you open', 'what about the prices'],
      answers: ['We are open from nine to five on every day of the week but Sunday.', 'Ten pounds.'],
    });
    await call.greet();
    await call.speak(800);
    await call.stayQuiet(1_200);
    await call.speak(1_000);
    await call.stayQuiet(3_000);
    const [, answer, next] = [...call.room.captions.values()];
    expect(answer?.closed).toBe('interrupted');
    expect('We are open from nine to five on every day of the week but Sunday.').toContain(
      answer?.text ?? '?',
    );
    expect(answer?.text.length).toBeLessThan(40);
    expect(next).toEqual({ text: 'Ten pounds.', closed: 'whole' });
    await call.pipeline.close();
  });

  it('aborts a model that has not answered when the caller goes on', async () => {
    const call = openCall({ says: ['are you open', 'on sundays'], answers: [] });
    await call.greet();
    await call.speak(800);
    await call.stayQuiet(1_000);
    await call.speak(600);
    await call.stayQuiet(500);
    expect(call.aborted).toContain('llm');
    await call.pipeline.close();
  });

  it('ends when the caller leaves, and lets go of everything', async () => {
    const call = openCall({});
    await call.greet();
    call.room.happen({ type: 'participantLeft', participantId: CALLER, reason: 'left' });
    await call.clock.advance(0);
    expect(await call.pipeline.ended).toBe('caller_left');
    await call.pipeline.close();
    await call.room.close();
    await call.group.close();
    expect(call.recognisers).toEqual({ opened: 1, closed: 1 });
    expect(call.clock.pendingTimers).toBe(0);
  });

  it('counts for the bill what each stage was given, and tells the first sound of each segment', async () => {
    const call = openCall({ says: ['are you open'], answers: ['We are open. Come in.'] });
    await call.greet();
    await call.speak(800);
    await call.stayQuiet(3_000);
    await call.pipeline.close();
    const usage = call.happened.flatMap((event) => (event.type === 'usageCounted' ? [event.data] : []));
    const sum = (stage: string, unit: 'audioMs' | 'characters' | 'inputTokens' | 'outputTokens') =>
      usage
        .filter((counted) => counted.stage === stage)
        .reduce((total, counted) => total + (counted[unit] ?? 0), 0);
    expect(sum('stt', 'audioMs')).toBe(call.framesHeard() * FRAME_MS);
    expect(usage.filter(({ stage }) => stage === 'stt').length).toBeGreaterThan(1);
    expect(sum('llm', 'inputTokens')).toBe(100);
    expect(sum('llm', 'outputTokens')).toBe(5);
    const spoken = call.done.flatMap((command) => (command.type === 'speak' ? [command.data.text] : []));
    expect(sum('tts', 'characters')).toBe(spoken.join('').length);
    expect(usage.at(0)).toMatchObject({ provider: 'simulated', model: 'simulated-tts' });

    const typesOf = (...types: string[]) => call.happened.filter(({ type }) => types.includes(type));
    const begun = typesOf('ttsStarted').map(({ data }) => data);
    expect(begun).toHaveLength(spoken.length);
    expect(typesOf('playoutStarted').map(({ data }) => data)).toEqual(begun);
  });

  it('tells the room how long an answer took, as the record has it, and again when its way is measured', async () => {
    const call = openCall({ says: ['are you open'], answers: ['We are open. Come in.'] });
    await call.greet();
    await call.speak(800);
    await call.stayQuiet(1_000);
    const [latency, ...more] = call.room.latencies;
    expect(more).toEqual([]);
    expect(latency).toMatchObject({ transportMs: null, voiceToVoiceMs: null, isSpeculated: false });
    const { endOfTurnMs, llmFirstTokenMs, ttsFirstByteMs, playoutMs } = latency ?? expect.fail('none told');
    expect(ttsFirstByteMs).toBe(50);
    const waitedMs = (endOfTurnMs ?? 0) + (llmFirstTokenMs ?? 0) + 50 + (playoutMs ?? 0);
    const transport = { participantId: CALLER, toEarMs: 80, fromMouthMs: 60 };
    call.room.happen({ type: 'transportMeasured', ...transport });
    await call.stayQuiet(2_000);
    expect(call.room.latencies).toEqual([
      latency,
      { ...latency, transportMs: 140, voiceToVoiceMs: waitedMs + 140 },
    ]);
    const spoken = callRecordOf(call.record.now)?.turns.find(
      (turn) => turn.role === 'agent' && turn.replyId === latency?.replyId,
    );
    expect(spoken).toMatchObject({ latency: { voiceToVoiceMs: waitedMs + 140 } });
    await call.pipeline.close();
  });

  it('gives both sides to the recorder, obeys what is decided of it, and tells when sound is missing', async () => {
    const told = { states: [] as string[], heard: 0, given: 0, takenBackMs: 0 };
    const lose: ((loss: RecordingLoss) => void)[] = [];
    const recorder: Recorder = {
      ...NO_RECORDER,
      hear: (_, samples) => (told.heard += samples.length),
      give: (samples) => (told.given += samples.length),
      takeBack: (ms) => (told.takenBackMs += ms),
      setState: (state) => void told.states.push(state),
      onIncomplete: (listener) => void lose.push(listener),
    };
    const call = openCall({
      recorder,
      settings: { recording: 'unasked' },
      says: ['are you open', 'what about the prices'],
      answers: ['We are open from nine to five on every day of the week but Sunday.', 'Ten pounds.'],
    });
    expect(told.states).toEqual(['on']);
    await call.greet();
    await call.speak(800);
    await call.stayQuiet(1_200);
    expect(told.takenBackMs).toBe(0);
    await call.speak(1_000);
    expect(told.takenBackMs).toBeGreaterThan(0);
    expect(told.heard).toBe(call.framesHeard() * 512);
    expect(told.given).toBeGreaterThan(16_000);
    const loss = { cause: 'disk_full', message: 'no space left' } as const;
    for (const tell of lose) tell(loss);
    expect(call.happened).toContainEqual(
      expect.objectContaining({ type: 'recordingIncomplete', data: loss }),
    );
    await call.pipeline.close();
  });

  it('opens an ear for each person, and closes it when they leave', async () => {
    const call = openCall({});
    await call.greet();
    const other = participantIdSchema.parse('guest-2');
    call.room.happen({ type: 'participantJoined', participantId: other, kind: 'standard', name: 'Bo' });
    call.room.happen({ type: 'participantLeft', participantId: other, reason: 'left' });
    await call.clock.advance(0);
    expect(call.recognisers).toEqual({ opened: 2, closed: 1 });
    await call.pipeline.close();
  });
});

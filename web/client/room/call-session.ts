import type { TurnLatency } from '@parley/contracts/call-record';
import type { LocalAudioTrack, RemoteAudioTrack } from 'livekit-client';
import type { Clock } from '../runtime/clock.ts';
import type { AccessOutcome } from './access-key.ts';
import type { VoiceState } from './agent-participant.ts';
import {
  type CallHappening,
  type CallState,
  type InRoom,
  isUsable,
  reduceCall,
  type StartFault,
} from './call-state.ts';
import type { Rejoin } from './rejoin.ts';
import type { OpenRoomLink, RoomLink, RoomNews } from './room-link.ts';
import type { TokenOutcome } from './token-request.ts';
import { emptyTranscript, mergeTranscript, type Segment, type Transcript } from './transcript.ts';
import { createTypedOutbox } from './typed-outbox.ts';

/** All that a screen shows of a call; a new object at every change. */
export interface CallView {
  readonly call: CallState;
  readonly transcript: readonly Segment[];
  /** How long answers took, by the id of their segment in the transcript, as far as the agent told. */
  readonly latencies: ReadonlyMap<string, TurnLatency>;
  readonly agentTrack: RemoteAudioTrack | null;
  readonly agentVoice: VoiceState | null;
  readonly microphoneTrack: LocalAudioTrack | null;
}

/** The page's calls, one after another. What the present phase has no use for is ignored. */
export interface CallSession {
  /** Tells `listener` of each change of the view. Returns its end. */
  subscribe(listener: () => void): () => void;
  view(): CallView;
  /**
   * Begins a call with the agent of that name, null for the default one. To be called inside a person's gesture, which
   * unlocks the sound. Without a microphone the call is one by typing.
   */
  start(agentName: string | null): void;
  /** Goes on with the call that this tab was in before the page was loaded, where there is one. */
  resume(): void;
  /** Keeps what is shown of the call for a page that is loaded anew. To be called when this one is left. */
  keep(): void;
  end(): void;
  setMuted(isMuted: boolean): void;
  /** Types to the agent; what comes before the agent is kept for it. */
  sendChat(text: string): void;
  /** Sends a message again that failed. */
  resendChat(id: string): void;
  /** Asks once more for a microphone that was refused or lost. */
  retryMicrophone(): void;
  /** Another microphone is to be used, null for the system's default: in the call that runs, and from now on. */
  selectMicrophone(deviceId: string | null): void;
  /** The page's own ears heard a muted person begin or cease to talk. */
  noteMutedSpeech(isSpeaking: boolean): void;
  /** Lets blocked sound play. To be called inside a person's gesture. */
  unlockSound(): void;
  /** Hands in the access key that was asked for, and begins the call when it fits. */
  submitAccessKey(key: string): void;
}

/** Why an attempt at a call was given up. */
class CallOver extends Error {
  override readonly name = 'CallOver';
}

/**
 * How long an agent may be gone before the page says so, in ms. At the end of a call, and where the page connects anew,
 * the room tells of the agent's leaving first and of the rest at once after.
 */
const AGENT_GRACE_MS = 800;

interface Attempt {
  readonly link: RoomLink;
  readonly over: AbortController;
}

export function createCallSession({
  clock,
  openRoomLink,
  requestToken,
  submitAccessKey,
  rejoin,
}: {
  readonly clock: Clock;
  readonly rejoin: Rejoin;
  readonly openRoomLink: OpenRoomLink;
  readonly requestToken: (options: {
    readonly agentName: string | null;
    readonly signal: AbortSignal;
  }) => Promise<TokenOutcome>;
  readonly submitAccessKey: (options: { readonly key: string }) => Promise<AccessOutcome>;
}): CallSession {
  const listeners = new Set<() => void>();
  let transcript: Transcript = emptyTranscript;
  let current: CallView = {
    call: { phase: 'idle' },
    transcript: [],
    latencies: new Map(),
    agentTrack: null,
    agentVoice: null,
    microphoneTrack: null,
  };
  let attempt: Attempt | null = null;
  let wantedAgent: string | null = null;
  let microphoneId: string | null = null;
  let cancelAgentGone = () => {};

  const show = (change: Partial<CallView>) => {
    current = { ...current, ...change };
    for (const listener of listeners) listener();
  };
  const take = (happening: CallHappening) => {
    const call = reduceCall(current.call, happening);
    if (call !== current.call) show({ call });
    if (happening.type === 'microphoneMuted' || happening.type === 'microphoneUnmuted') note();
    if (attempt && isAgentReading(call)) outbox.sendThrough(attempt.link.sendChat);
  };
  const isMuted = () => current.call.phase === 'inRoom' && current.call.microphone.kind === 'muted';
  const note = () => rejoin.note({ transcript: transcript.segments, isMuted: isMuted() });
  const transcribe = (next: Transcript) => {
    transcript = next;
    if (next.segments !== current.transcript) show({ transcript: next.segments });
  };

  const outbox = createTypedOutbox({
    onDelivery: (id, delivery) =>
      transcribe(mergeTranscript(transcript, { type: 'deliveryChanged', id, delivery })),
  });

  /** Lets the room go, then tells what became of the call. */
  const finish = (happening: CallHappening) => {
    cancelAgentGone();
    attempt?.over.abort(new CallOver());
    attempt?.link.close();
    attempt = null;
    rejoin.over();
    outbox.giveUp();
    transcribe(mergeTranscript(transcript, { type: 'callEnded' }));
    show({ agentTrack: null, agentVoice: null, microphoneTrack: null });
    take(happening);
  };
  const fail = (fault: StartFault) => finish({ type: 'startFailed', fault });

  const hear = (news: RoomNews) => {
    const atMs = clock.nowMs();
    switch (news.type) {
      case 'joined':
        take({ type: 'roomJoined', atMs });
        return rejoin.joined(atMs);
      case 'agentSeen':
        cancelAgentGone();
        return take({ ...news, atMs });
      case 'agentGone':
        cancelAgentGone();
        cancelAgentGone = clock.at(atMs + AGENT_GRACE_MS, () => take({ ...news, atMs }));
        return;
      case 'agentTrackChanged':
        return show({ agentTrack: news.track });
      case 'voiceStateChanged':
        return show({ agentVoice: news.voice });
      // Another device in the same track: its sound is not recorded.
      case 'microphoneOpened':
        return take({ ...news, wordsKeptUntilMs: null });
      case 'latencyTold':
        return show({ latencies: new Map(current.latencies).set(news.told.segmentId, news.told.latency) });
      case 'transcribed':
        transcribe(mergeTranscript(transcript, news.event));
        if (news.event.type !== 'textArrived') note();
        return;
      case 'closed':
        if (news.reason === 'connectionLost' && rejoin.isOpen()) return connectAnew();
        return finish({ type: 'callEnded', reason: news.reason, atMs });
      default:
        return take(news);
    }
  };

  const begin = (): Attempt => {
    const over = new AbortController();
    const link = openRoomLink((news) => {
      if (!over.signal.aborted) hear(news);
    });
    attempt = { link, over };
    return attempt;
  };

  /** The link is gone for good, its token perhaps too old: the same call goes on by another one. */
  const connectAnew = () => {
    const staysMuted = isMuted();
    cancelAgentGone();
    attempt?.over.abort(new CallOver());
    attempt?.link.close();
    show({ agentTrack: null, agentVoice: null, microphoneTrack: null });
    take({ type: 'connectionInterrupted' });
    goBack(begin(), staysMuted).catch(failUnlessOver);
  };

  /** Joins the call that the page was in, and opens the microphone after: the call waits for nobody's permission. */
  const goBack = async (again: Attempt, staysMuted: boolean) => {
    const { link, over } = again;
    const hasMicrophone = current.call.phase !== 'inRoom' || isUsable(current.call.microphone);
    const lose = (fault: StartFault) =>
      current.call.phase === 'inRoom'
        ? finish({ type: 'callEnded', reason: 'connectionLost', atMs: clock.nowMs() })
        : fail(fault);
    const access = await rejoin.ask({ signal: over.signal });
    over.signal.throwIfAborted();
    switch (access.kind) {
      case 'callOver':
        return finish({ type: 'callEnded', reason: 'overWhileAway', atMs: clock.nowMs() });
      case 'granted':
        break;
      case 'unreachable':
      case 'accessKeyAsked':
        return lose({ kind: 'serverUnreachable' });
      default:
        return lose(access);
    }
    rejoin.granted(access.rejoin);
    const joined = await link.join(access);
    over.signal.throwIfAborted();
    if (joined.kind === 'failed') return lose(joined.fault);
    if (hasMicrophone) await openMicrophone(again, staysMuted);
  };

  const openMicrophone = async ({ link, over: { signal } }: Attempt, startsMuted = false) => {
    const opened = await link.openMicrophone({ deviceId: microphoneId, startsMuted });
    signal.throwIfAborted();
    if (opened.kind === 'refused') return take({ type: 'microphoneRefused', fault: opened.fault });
    show({ microphoneTrack: opened.track });
    take({ type: 'microphoneOpened', wordsKeptUntilMs: opened.wordsKeptUntilMs });
    if (startsMuted) take({ type: 'microphoneMuted' });
  };

  const run = async ({ link, over }: Attempt) => {
    const { signal } = over;
    await openMicrophone({ link, over });
    const access = await requestToken({ agentName: wantedAgent, signal });
    signal.throwIfAborted();
    if (access.kind === 'accessKeyAsked') return finish({ type: 'accessKeyAsked' });
    if (access.kind === 'unreachable') return fail({ kind: 'serverUnreachable' });
    if (access.kind !== 'granted') return fail(access);
    rejoin.granted(access.rejoin);
    take({ type: 'tokenGranted' });

    const joined = await link.join(access);
    signal.throwIfAborted();
    if (joined.kind === 'failed') fail(joined.fault);
  };

  const put = (id: string, text: string) => {
    outbox.put({ id, text });
    if (attempt && isAgentReading(current.call)) outbox.sendThrough(attempt.link.sendChat);
  };

  const failUnlessOver = (error: unknown) => {
    if (error instanceof CallOver) return;
    fail({ kind: 'refused', message: 'Something went wrong in this page. Reload it and try again.' });
    throw error;
  };

  const session: CallSession = {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    view: () => current,

    start(agentName) {
      if (attempt) return;
      wantedAgent = agentName;
      const begun = begin();
      begun.link.unlockSound();
      transcribe(emptyTranscript);
      show({ latencies: new Map() });
      take({ type: 'startPressed' });
      run(begun).catch(failUnlessOver);
    },

    keep: note,

    resume() {
      const former = rejoin.former();
      if (attempt || former === null) return;
      take({ type: 'returnBegan', joinedAtMs: former.joinedAtMs });
      transcribe({ ...emptyTranscript, segments: former.transcript });
      const begun = begin();
      const goOn = async () => {
        const isOurs = await rejoin.claim();
        begun.over.signal.throwIfAborted();
        if (isOurs) return goBack(begun, former.isMuted);
        transcribe(emptyTranscript);
        finish({ type: 'returnGivenUp' });
      };
      goOn().catch(failUnlessOver);
    },

    end() {
      if (attempt) finish({ type: 'callEnded', reason: 'you', atMs: clock.nowMs() });
    },

    setMuted(isMuted) {
      if (current.call.phase !== 'inRoom') return;
      // Muting is believed before the track confirms it: a person who muted must never wonder.
      take({ type: isMuted ? 'microphoneMuted' : 'microphoneUnmuted' });
      attempt?.link.setMuted(isMuted).catch(() => take({ type: 'microphoneLost', fault: 'failed' }));
    },

    sendChat(text) {
      const words = text.trim();
      if (words === '' || current.call.phase !== 'inRoom') return;
      const id = `typed-${transcript.segments.filter(({ typed }) => typed !== null).length + 1}`;
      transcribe(mergeTranscript(transcript, { type: 'typed', id, text: words }));
      put(id, words);
    },

    resendChat(id) {
      const segment = transcript.segments.find((one) => one.id === id && one.typed === 'failed');
      if (segment && current.call.phase === 'inRoom') put(id, segment.text);
    },

    retryMicrophone() {
      const { call } = current;
      if (!attempt || call.phase !== 'inRoom' || !isMicrophoneMissing(call)) return;
      take({ type: 'microphoneAsked' });
      openMicrophone(attempt).catch(failUnlessOver);
    },

    selectMicrophone(deviceId) {
      const hasChanged = deviceId !== microphoneId;
      microphoneId = deviceId;
      const { call } = current;
      if (call.phase !== 'inRoom') return;
      // What was not there may be what was just plugged in; what was refused needs a person's gesture.
      if (isMicrophoneAbsent(call)) session.retryMicrophone();
      else if (hasChanged && isUsable(call.microphone)) void attempt?.link.switchMicrophone({ deviceId });
    },

    noteMutedSpeech(isSpeaking) {
      take({ type: 'mutedSpeechChanged', isSpeaking });
    },

    unlockSound() {
      attempt?.link.unlockSound();
    },

    submitAccessKey(key) {
      if (current.call.phase !== 'locked' || current.call.check === 'running') return;
      take({ type: 'accessKeySent' });
      void submitAccessKey({ key }).then((outcome) => {
        if (outcome === 'accepted') session.start(wantedAgent);
        else take({ type: 'accessKeyRefused', why: outcome });
      });
    },
  };
  return session;
}

/** The agent is there and takes what is typed: what is sent before is lost, as a room keeps no text. */
function isAgentReading(call: CallState): boolean {
  return (
    call.phase === 'inRoom' &&
    call.connection === 'connected' &&
    call.agent.kind === 'present' &&
    call.agent.state !== 'initializing'
  );
}

/** It was taken away, or none was found, and nobody said no to it. */
function isMicrophoneAbsent({ microphone }: InRoom): boolean {
  return microphone.kind === 'lost' || (microphone.kind === 'refused' && microphone.fault === 'missing');
}

function isMicrophoneMissing({ microphone }: InRoom): boolean {
  return microphone.kind === 'refused' || microphone.kind === 'lost';
}

import type { LocalAudioTrack, RemoteAudioTrack } from 'livekit-client';
import type { Clock } from '../runtime/clock.ts';
import type { AccessOutcome } from './access-key.ts';
import type { VoiceState } from './agent-participant.ts';
import { type CallHappening, type CallState, reduceCall, type StartFault } from './call-state.ts';
import type { OpenRoomLink, RoomLink, RoomNews } from './room-link.ts';
import type { TokenOutcome } from './token-request.ts';
import { emptyTranscript, mergeTranscript, type Segment, type Transcript } from './transcript.ts';

/** All that a screen shows of a call; a new object at every change. */
export interface CallView {
  readonly call: CallState;
  readonly transcript: readonly Segment[];
  readonly agentTrack: RemoteAudioTrack | null;
  readonly agentVoice: VoiceState | null;
  readonly microphoneTrack: LocalAudioTrack | null;
}

/** The page's calls, one after another. What the present phase has no use for is ignored. */
export interface CallSession {
  /** Tells `listener` of each change of the view. Returns its end. */
  subscribe(listener: () => void): () => void;
  view(): CallView;
  /** Begins a call. To be called inside a person's gesture, which unlocks the sound. */
  start(): void;
  end(): void;
  setMuted(isMuted: boolean): void;
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
}: {
  readonly clock: Clock;
  readonly openRoomLink: OpenRoomLink;
  readonly requestToken: (options: { readonly signal: AbortSignal }) => Promise<TokenOutcome>;
  readonly submitAccessKey: (options: { readonly key: string }) => Promise<AccessOutcome>;
}): CallSession {
  const listeners = new Set<() => void>();
  let transcript: Transcript = emptyTranscript;
  let current: CallView = {
    call: { phase: 'idle' },
    transcript: [],
    agentTrack: null,
    agentVoice: null,
    microphoneTrack: null,
  };
  let attempt: Attempt | null = null;
  let cancelAgentGone = () => {};

  const show = (change: Partial<CallView>) => {
    current = { ...current, ...change };
    for (const listener of listeners) listener();
  };
  const take = (happening: CallHappening) => {
    const call = reduceCall(current.call, happening);
    if (call !== current.call) show({ call });
  };
  const transcribe = (next: Transcript) => {
    transcript = next;
    if (next.segments !== current.transcript) show({ transcript: next.segments });
  };

  /** Lets the room go, then tells what became of the call. */
  const finish = (happening: CallHappening) => {
    cancelAgentGone();
    attempt?.over.abort(new CallOver());
    attempt?.link.close();
    attempt = null;
    show({ agentTrack: null, agentVoice: null, microphoneTrack: null });
    take(happening);
  };
  const fail = (fault: StartFault) => finish({ type: 'startFailed', fault });

  const hear = (news: RoomNews) => {
    const atMs = clock.nowMs();
    switch (news.type) {
      case 'joined':
        return take({ type: 'roomJoined', atMs });
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
      case 'transcribed':
        return transcribe(mergeTranscript(transcript, news.event));
      case 'closed':
        return finish({ type: 'callEnded', reason: news.reason, atMs });
      default:
        return take(news);
    }
  };

  const run = async ({ link, over: { signal } }: Attempt) => {
    const microphone = await link.openMicrophone();
    signal.throwIfAborted();
    if (microphone.kind === 'refused') return fail({ kind: 'microphone', fault: microphone.fault });
    show({ microphoneTrack: microphone.track });
    take({ type: 'microphoneOpened' });

    const access = await requestToken({ signal });
    signal.throwIfAborted();
    if (access.kind === 'accessKeyAsked') return finish({ type: 'accessKeyAsked' });
    if (access.kind === 'unreachable') return fail({ kind: 'serverUnreachable' });
    if (access.kind !== 'granted') return fail(access);
    take({ type: 'tokenGranted' });

    const joined = await link.join(access);
    signal.throwIfAborted();
    if (joined.kind === 'failed') fail(joined.fault);
  };

  const session: CallSession = {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    view: () => current,

    start() {
      if (attempt) return;
      const over = new AbortController();
      const link = openRoomLink((news) => {
        if (!over.signal.aborted) hear(news);
      });
      link.unlockSound();
      attempt = { link, over };
      transcribe(emptyTranscript);
      take({ type: 'startPressed' });
      run(attempt).catch((error: unknown) => {
        if (error instanceof CallOver) return;
        fail({ kind: 'refused', message: 'Something went wrong in this page. Reload it and try again.' });
        throw error;
      });
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

    unlockSound() {
      attempt?.link.unlockSound();
    },

    submitAccessKey(key) {
      if (current.call.phase !== 'locked' || current.call.check === 'running') return;
      take({ type: 'accessKeySent' });
      void submitAccessKey({ key }).then((outcome) => {
        if (outcome === 'accepted') session.start();
        else take({ type: 'accessKeyRefused', why: outcome });
      });
    },
  };
  return session;
}

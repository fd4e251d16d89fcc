import type { AudioFrame } from '@parley/agent/audio/frame';
import type { KeptSound } from '@parley/agent/audio/kept-sound';
import { createMonotonicClock, delay } from '@parley/agent/runtime/clock';
import { createDeferred } from '@parley/agent/runtime/deferred';
import type { AgentState } from '@parley/contracts/room-protocol';
import { CallerError } from './caller-error.ts';
import type { CallerBackground, FromCaller, Said } from './caller-messages.ts';
import { forkCaller } from './caller-process-link.ts';
import type { SoundInterval } from './heard-sound.ts';
import type { HeardText } from './heard-text.ts';
import { monotonicNowMs } from './monotonic.ts';
import { createRoomView, type RoomMember } from './room-view.ts';

/**
 * A person in a room, in a process of their own. Every instant is CLOCK_MONOTONIC in ms (`nowMs`): it
 * compares with those of other callers and of the test. Waits reject with CallerError `timeout`.
 */
export interface RoomCaller {
  readonly identity: string;
  readonly roomSid: string;
  readonly pid: number;
  nowMs(): number;

  /** Speaks after what is being said. Resolves when the last sample has left the microphone. */
  say(sound: AudioFrame): Promise<Said>;
  /** What is heard beside the caller from now on. */
  setBackground(background: CallerBackground): Promise<void>;
  sendChat(text: string): Promise<void>;
  /** Sends what was recorded before the agent came. `trackSid`: default the microphone's own. */
  sendKeptSound(sound: KeptSound, options?: { readonly trackSid?: string }): Promise<void>;
  publishVideo(): Promise<void>;
  /** Hangs up and ends the process. Safe to call twice, and after `vanish`. */
  leave(): Promise<void>;
  /** Is killed without a goodbye, as when a network drops. */
  vanish(): Promise<void>;

  /** Stretches of sound louder than -45 dBFS that end after `sinceMs`: of a participant, or of the agent. */
  heardSince(sinceMs: number, identity?: string): readonly SoundInterval[];
  /** What was heard in [fromMs, toMs): mono, 48 kHz. */
  recording(fromMs: number, toMs: number, identity?: string): AudioFrame;
  /** Resolves with the onset of the first sound after `sinceMs`. */
  waitForSound(
    options: WaitOptions & { readonly sinceMs: number; readonly identity?: string },
  ): Promise<number>;
  /**
   * Resolves with the offset of the last sound after `sinceMs`, once it has been followed by `silenceMs` of
   * silence.
   */
  waitForSilence(
    silenceMs: number,
    options: WaitOptions & { readonly sinceMs: number; readonly identity?: string },
  ): Promise<number>;

  /** Text streams in the order in which they were opened: transcripts of both sides, chat, notices. */
  texts(): readonly HeardText[];
  waitForText(matches: (text: HeardText) => boolean, options: WaitOptions): Promise<HeardText>;

  /** `lk.agent.state` over time. */
  agentStates(): readonly { readonly state: AgentState; readonly atMs: number }[];
  /** Resolves with the first instant from `sinceMs` on at which the agent comes into that state. */
  waitForAgentState(state: AgentState, options: WaitOptions & { readonly sinceMs: number }): Promise<number>;
  /** Everybody who was there, in the order in which they came; who came back stands there again. */
  members(): readonly RoomMember[];
  /** Resolves with the agent that is there and joined at or after `sinceMs` (default: ever). */
  waitForAgent(options: WaitOptions & { readonly sinceMs?: number }): Promise<RoomMember>;
  /** Resolves with the reason once the room has let the caller go. */
  waitForDisconnect(options: WaitOptions): Promise<string>;
}

export interface WaitOptions {
  readonly timeoutMs: number;
}

const POLL_MS = 10;

/** A caller that has not left by then is killed, in ms: its room may be gone before it. */
const LONGEST_GOODBYE_MS = 5_000;

/**
 * Frames of an ear come at most this much later than they were heard, in ms: an ear that is silent for longer
 * is off.
 */
const EAR_LAG_MS = 300;

/**
 * Joins a room and opens a microphone that gives silence. Rejects with CallerError `join_failed` or `gone`.
 */
export async function startRoomCaller(options: {
  readonly url: string;
  readonly token: string;
  /** Rate of the microphone, in Hz. Default 48,000. */
  readonly microphoneRateHz?: number;
  /** Whether the microphone says that sound from before the agent came will be sent. Default false. */
  readonly announcesKeptSound?: boolean;
  /** Whether its client tells the agent how long sound takes, as the page does. Default true. */
  readonly tellsItsEar?: boolean;
}): Promise<RoomCaller> {
  const { url, token, microphoneRateHz = 48_000, announcesKeptSound = false, tellsItsEar = true } = options;
  const clock = createMonotonicClock(monotonicNowMs());
  const view = createRoomView();
  const join = createDeferred<Extract<FromCaller, { readonly type: 'joined' }>>();
  const caller = await forkCaller((message) => {
    if (message.type === 'joined') join.resolve(message);
    if (message.type === 'joinFailed') join.reject(new CallerError('join_failed', message.message));
    view.take(message);
  });
  void caller.ended.then(() => join.reject(new CallerError('gone', 'the caller ended before it had joined')));
  caller.post({ type: 'join', url, token, microphoneRateHz, announcesKeptSound, tellsItsEar });
  const { identity, roomSid } = await join.promise.catch((error) => {
    caller.kill();
    throw error;
  });

  /** Looks again and again until there is something to see. */
  const waitFor = async <T>(
    what: string,
    { timeoutMs }: WaitOptions,
    look: () => T | undefined,
  ): Promise<T> => {
    const givesUpAtMs = clock.nowMs() + timeoutMs;
    for (;;) {
      const seen = look();
      if (seen !== undefined) return seen;
      if (clock.nowMs() > givesUpAtMs) throw new CallerError('timeout', `no ${what} within ${timeoutMs} ms`);
      await delay(clock, POLL_MS);
    }
  };

  return {
    identity,
    roomSid,
    pid: caller.pid,
    nowMs: clock.nowMs,
    async say({ samples, sampleRateHz }) {
      const said = await caller.request({ type: 'say', samples, sampleRateHz });
      if (said === null) throw new CallerError('refused', 'the caller did not tell when it spoke');
      return said;
    },
    async setBackground(background) {
      await caller.request({ type: 'setBackground', background });
    },
    async sendChat(text) {
      await caller.request({ type: 'sendChat', text });
    },
    async sendKeptSound(sound, options) {
      await caller.request({ type: 'sendKeptSound', sound, ...options });
    },
    async publishVideo() {
      await caller.request({ type: 'publishVideo' });
    },
    async leave() {
      caller.post({ type: 'leave' });
      const cancelKill = clock.at(clock.nowMs() + LONGEST_GOODBYE_MS, caller.kill);
      await caller.ended;
      cancelKill();
    },
    async vanish() {
      caller.kill();
      await caller.ended;
    },
    heardSince: (sinceMs, of) => view.sound(of).intervalsSince(sinceMs),
    recording: (fromMs, toMs, of) => view.sound(of).framesBetween(fromMs, toMs),
    waitForSound: ({ sinceMs, identity: of, ...wait }) =>
      waitFor('sound', wait, () => view.sound(of).intervalsSince(sinceMs)[0]?.onsetAtMs),
    waitForSilence: (silenceMs, { sinceMs, identity: of, ...wait }) =>
      waitFor(`silence of ${silenceMs} ms after sound`, wait, () => {
        const sound = view.sound(of);
        const offsetAtMs = sound.intervalsSince(sinceMs).at(-1)?.offsetAtMs;
        if (offsetAtMs === undefined) return undefined;
        const heardUntilMs = Math.max(sound.heardUntilMs ?? 0, clock.nowMs() - EAR_LAG_MS);
        return heardUntilMs - offsetAtMs >= silenceMs ? offsetAtMs : undefined;
      }),
    texts: () => view.texts,
    waitForText: (matches, wait) => waitFor('such text', wait, () => view.texts.find(matches)),
    agentStates: () => view.agentStates,
    waitForAgentState: (state, { sinceMs, ...wait }) =>
      waitFor(
        `agent state ${state}`,
        wait,
        () => view.agentStates.find((change) => change.state === state && change.atMs >= sinceMs)?.atMs,
      ),
    members: () => view.members,
    waitForAgent: ({ sinceMs = 0, ...wait }) =>
      waitFor('agent', wait, () =>
        view.members.find(
          ({ kind, joinedAtMs, leftAtMs }) => kind === 'agent' && leftAtMs === null && joinedAtMs >= sinceMs,
        ),
      ),
    waitForDisconnect: (wait) => waitFor('disconnect', wait, () => view.disconnectReason ?? undefined),
  };
}

import type { AudioFrame } from '@parley/agent/audio/frame';
import type { KeptSound } from '@parley/agent/audio/kept-sound';
import { createMonotonicClock } from '@parley/agent/runtime/clock';
import { createDeferred } from '@parley/agent/runtime/deferred';
import type { AgentState } from '@parley/contracts/room-protocol';
import { CallerError } from './caller-error.ts';
import {
  type CallerBackground,
  type CallerTask,
  EAR_RATE_HZ,
  type FromCaller,
  type Said,
  type SoundInterval,
} from './caller-messages.ts';
import { createCallerPool } from './caller-pool.ts';
import { forkCallers } from './caller-process-link.ts';
import type { HeardText } from './heard-text.ts';
import { monotonicNowMs } from './monotonic.ts';
import { createRoomView, type RoomMember } from './room-view.ts';
import { tellAgentStates, tellMembers, tellSounds, tellTexts } from './tell-view.ts';
import { createWaits } from './waits.ts';

/**
 * A person in a room. Up to ten share a process beside the test's, unless they ask to be alone. Every instant is CLOCK_MONOTONIC in ms (`nowMs`): it
 * compares with those of other callers and of the test. Waits reject with CallerError `timeout` that tells what
 * there was instead, or `gone` where nothing more can come.
 */
export interface RoomCaller {
  readonly identity: string;
  readonly roomSid: string;
  /** When it asked for the room, once its process was there and it was its turn. */
  readonly joiningAtMs: number;
  /** Of the process that it is in. */
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
  /** Hangs up. Safe to call twice, and after `vanish`. */
  leave(): Promise<void>;
  /**
   * Is killed without a goodbye, as when a network drops. Rejects with CallerError `refused` where it was not
   * started with `isAlone`.
   */
  vanish(): Promise<void>;

  /** Stretches of sound louder than -45 dBFS that end after `sinceMs`: of a participant, or of the agent. */
  heardSince(sinceMs: number, identity?: string): readonly SoundInterval[];
  /** What was heard in [fromMs, toMs), within the last minute: mono, 48 kHz. */
  recording(fromMs: number, toMs: number, identity?: string): Promise<AudioFrame>;
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

/**
 * Frames of an ear come at most this much later than they were heard, in ms: an ear that is silent for longer
 * is off.
 */
const EAR_LAG_MS = 300;

const clock = createMonotonicClock(monotonicNowMs());

/** The processes of all callers of this process: a person waits for one only where all have their ten. */
const pool = createCallerPool({ clock, fork: forkCallers });

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
  /** Whether it gets a process of its own, to be killed or measured. Default false. */
  readonly isAlone?: boolean;
}): Promise<RoomCaller> {
  const { url, token, microphoneRateHz = 48_000, announcesKeptSound = false, tellsItsEar = true } = options;
  const view = createRoomView();
  const waits = createWaits(clock);
  const joined = createDeferred<Extract<FromCaller, { readonly type: 'joined' }>>();
  const onMessage = (message: FromCaller) => {
    switch (message.type) {
      case 'joined':
        return joined.resolve(message);
      case 'joinFailed':
        return joined.reject(new CallerError('join_failed', message.message));
      case 'done':
      case 'failed':
      case 'left':
        return;
      default:
        view.take(message);
        waits.look();
    }
  };
  const place = await pool.open({ isAlone: options.isAlone ?? false, onMessage });
  const { link } = place;
  // It may be refused before its turn to join has come, when nobody listens yet.
  joined.promise.catch(() => {});
  void link.gone.then((error) => {
    joined.reject(error);
    waits.end(error);
  });
  let joiningAtMs = clock.nowMs();
  const { identity, roomSid } = await pool
    .inTurn(() => {
      joiningAtMs = clock.nowMs();
      link.join({ url, token, microphoneRateHz, announcesKeptSound, tellsItsEar });
      return joined.promise;
    })
    .catch(async (error: unknown) => {
      await place.leave();
      throw error;
    });

  const perform = async (task: CallerTask) => void (await link.request(task));
  const soundsOf = (of?: string) => () => tellSounds(view.sound(of), clock.nowMs());
  const states = () => tellAgentStates(view, clock.nowMs());
  const members = () => tellMembers(view, clock.nowMs());

  return {
    identity,
    roomSid,
    joiningAtMs,
    pid: place.pid,
    nowMs: clock.nowMs,
    async say({ samples, sampleRateHz }) {
      const answer = await link.request({ type: 'say', samples, sampleRateHz });
      if (answer.kind !== 'said') throw new CallerError('refused', 'the caller did not tell when it spoke');
      return answer.said;
    },
    setBackground: (background) => perform({ type: 'setBackground', background }),
    sendChat: (text) => perform({ type: 'sendChat', text }),
    sendKeptSound: (sound, kept) => perform({ type: 'sendKeptSound', sound, ...kept }),
    publishVideo: () => perform({ type: 'publishVideo' }),
    leave: place.leave,
    vanish: place.vanish,
    heardSince: (sinceMs, of) => view.sound(of).intervalsSince(sinceMs),
    async recording(fromMs, toMs, of = view.agentIdentity) {
      const answer = await link.request({ type: 'recall', identity: of, fromMs, toMs });
      if (answer.kind !== 'recalled')
        throw new CallerError('refused', 'the caller did not tell what it heard');
      return { samples: answer.samples, sampleRateHz: EAR_RATE_HZ };
    },
    waitForSound: ({ sinceMs, identity: of, timeoutMs }) =>
      waits.waitFor({
        what: 'sound',
        timeoutMs,
        look: () => view.sound(of).intervalsSince(sinceMs)[0]?.onsetAtMs,
        instead: soundsOf(of),
      }),
    waitForSilence: (silenceMs, { sinceMs, identity: of, timeoutMs }) =>
      waits.waitFor({
        what: `silence of ${silenceMs} ms after sound`,
        timeoutMs,
        look: () => {
          const sound = view.sound(of);
          const offsetAtMs = sound.intervalsSince(sinceMs).at(-1)?.offsetAtMs;
          if (offsetAtMs === undefined) return undefined;
          const heardUntilMs = Math.max(sound.heardUntilMs ?? 0, clock.nowMs() - EAR_LAG_MS);
          return heardUntilMs - offsetAtMs >= silenceMs ? offsetAtMs : undefined;
        },
        instead: soundsOf(of),
      }),
    texts: () => view.texts,
    waitForText: (matches, { timeoutMs }) =>
      waits.waitFor({
        what: 'such text',
        timeoutMs,
        look: () => view.texts.find(matches),
        instead: () => `${tellTexts(view, clock.nowMs())}; ${states()}`,
      }),
    agentStates: () => view.agentStates,
    waitForAgentState: (state, { sinceMs, timeoutMs }) =>
      waits.waitFor({
        what: `agent state ${state}`,
        timeoutMs,
        look: () => view.agentStates.find((change) => change.state === state && change.atMs >= sinceMs)?.atMs,
        instead: () => `${states()}; ${tellTexts(view, clock.nowMs())}`,
      }),
    members: () => view.members,
    waitForAgent: ({ sinceMs = 0, timeoutMs }) =>
      waits.waitFor({
        what: 'agent',
        timeoutMs,
        look: () =>
          view.members.find(
            ({ kind, joinedAtMs, leftAtMs }) =>
              kind === 'agent' && leftAtMs === null && joinedAtMs >= sinceMs,
          ),
        instead: members,
      }),
    waitForDisconnect: ({ timeoutMs }) =>
      waits.waitFor({
        what: 'disconnect',
        timeoutMs,
        look: () => view.disconnectReason ?? undefined,
        instead: members,
      }),
  };
}

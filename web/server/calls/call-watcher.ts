import { parseJobMetadata } from '@parley/contracts/dispatch';
import { type CallId, MAIN_SEAT } from '@parley/contracts/ids';
import type { ClaimRequest } from '@parley/contracts/internal-api';
import type { Logger } from 'pino';
import { isOurRoom } from '../livekit/room-lifetime.ts';
import type { Person, Sfu } from '../livekit/sfu.ts';
import type { Clock } from '../runtime/clock.ts';
import type { WorkerRegistry } from '../workers/worker-registry.ts';
import {
  type CallWatch,
  foundWatch,
  openWatch,
  stepWatch,
  type WatchCommand,
  type WatchEvent,
  wakeAtMs,
} from './call-watch.ts';
import type { Claims } from './claims.ts';
import type { NoticeBoard } from './notice-board.ts';
import { writeNotice } from './notice-words.ts';

/** What a webhook of livekit-server says of a room. */
export type RoomNews = { readonly roomName: string; readonly callId: CallId } & (
  | { readonly type: 'roomStarted' }
  | { readonly type: 'roomFinished' }
  | { readonly type: 'personJoined'; readonly person: Person }
  | { readonly type: 'personLeft'; readonly sid: string }
);

/** Sees to it that every call of ours gets its agent, or that its caller learns why not. */
export interface CallWatcher {
  /** A token was made: the room exists and its agent is on the way. `agent` null is the default one. */
  opened(call: {
    readonly callId: CallId;
    readonly roomName: string;
    readonly agent: string | null;
    /** The API key that the call was begun with; null where it was none. */
    readonly ownerKeyId: string | null;
  }): void;
  roomNews(news: RoomNews): void;
  claimGranted(claim: ClaimRequest): void;
  /** Whether an agent is on its way into a call, as far as is known here. */
  awaitsAgent(callId: CallId): boolean;
  /** A worker takes calls that took none before. */
  workerCameFree(): void;
  /** Stops looking; calls go on. Resolves when nothing is under way any more. */
  close(): Promise<void>;
}

/** How often rooms are looked at where something is not as it should be, in ms. */
const LOOK_EVERY_MS = 2_000;
/** How often all of them are: webhooks can be lost, or not set up at all. */
const LOOK_AT_ALL_EVERY_MS = 10_000;
/** Rooms whose people are asked for at the same time. */
const LOOKS_AT_ONCE = 8;
/** Calls that ended: late news of them make no new call. */
const KEPT_ENDED = 1_000;

interface Entry {
  readonly roomName: string;
  /** Null while it is not known, or is the default one. */
  agent: string | null;
  /** The process that claimed the seat last; null while it is not known. */
  workerId: string | null;
  watch: CallWatch;
  cancelWake: () => void;
  lookAtMs: number;
}

export function startCallWatcher(deps: {
  readonly sfu: Pick<Sfu, 'rooms' | 'people' | 'dispatches' | 'dispatch' | 'sendNotice'>;
  readonly claims: Claims;
  readonly workers: Pick<WorkerRegistry, 'supply' | 'standsStill'>;
  readonly notices: NoticeBoard;
  readonly clock: Clock;
  readonly log: Logger;
}): CallWatcher {
  const { sfu, claims, clock, log } = deps;
  const calls = new Map<CallId, Entry>();
  const ended = new Set<CallId>();
  const underWay = new Set<Promise<void>>();
  let isClosed = false;
  let isSfuAway = false;
  let cancelLook = () => {};
  let lookAtAllAtMs = clock.nowMs();

  /** Nobody waits for the outcome; it is told once, here. */
  const run = (what: string, callId: CallId, task: () => Promise<void>) => {
    const running = task()
      .catch((error: unknown) => log.error({ err: error, callId }, `${what} failed`))
      .finally(() => underWay.delete(running));
    underWay.add(running);
  };

  const enter = (callId: CallId, roomName: string, watch: CallWatch): Entry | undefined => {
    const known = calls.get(callId);
    if (known !== undefined || isClosed || ended.has(callId) || !isOurRoom(roomName)) return known;
    const entry = { roomName, agent: null, workerId: null, watch, cancelWake() {}, lookAtMs: clock.nowMs() };
    calls.set(callId, entry);
    setWake(callId, entry);
    return entry;
  };

  const forget = (callId: CallId) => {
    calls.get(callId)?.cancelWake();
    calls.delete(callId);
    claims.forget(callId);
    ended.add(callId);
    const [oldest] = ended;
    if (ended.size > KEPT_ENDED && oldest !== undefined) ended.delete(oldest);
  };

  const setWake = (callId: CallId, entry: Entry) => {
    entry.cancelWake();
    const atMs = wakeAtMs(entry.watch);
    entry.cancelWake = atMs === null ? () => {} : clock.at(atMs, () => step(callId, { type: 'woke' }));
  };

  const step = (callId: CallId, event: WatchEvent) => {
    const entry = calls.get(callId);
    if (entry === undefined || isClosed) return;
    const { watch, commands } = stepWatch(entry.watch, event, {
      nowMs: clock.nowMs(),
      supply: deps.workers.supply(entry.agent),
    });
    if (watch.phase.kind !== entry.watch.phase.kind)
      entry.lookAtMs = Math.min(entry.lookAtMs, clock.nowMs() + LOOK_EVERY_MS);
    entry.watch = watch;
    setWake(callId, entry);
    for (const command of commands) obey(callId, entry, command);
  };

  const obey = (callId: CallId, entry: Entry, command: WatchCommand) => {
    const { roomName } = entry;
    if (command.type === 'notify') {
      const notice = writeNotice(command.cause);
      log.warn({ callId, cause: command.cause }, 'a call has no agent');
      deps.notices.pin(callId, notice);
      run('sending a notice', callId, () => sfu.sendNotice(roomName, notice));
      return;
    }
    run('dispatching again', callId, async () => {
      // The room itself knows what was asked for, also where another process asked.
      const before = (await sfu.dispatches(roomName)).filter(({ seat }) => seat === MAIN_SEAT);
      const job = before.at(-1) ?? parseJobMetadata('');
      const generation = Math.max(command.generation, ...before.map((earlier) => earlier.generation + 1));
      entry.agent = job.agent ?? null;
      log.info({ callId, generation }, 'dispatching an agent again');
      await sfu.dispatch(roomName, { ...job, generation, resumes: command.resumes });
      step(callId, { type: 'agentDispatched', generation });
    });
  };

  const look = async () => {
    const startedAtMs = clock.nowMs();
    const isFull = startedAtMs >= lookAtAllAtMs;
    const watchedBefore = [...calls.keys()];
    if (!isFull && ![...calls.values()].some(({ lookAtMs }) => lookAtMs <= startedAtMs)) return;
    const rooms = new Map((await sfu.rooms()).map(({ callId, roomName }) => [callId, roomName]));
    if (isFull) lookAtAllAtMs = startedAtMs + LOOK_AT_ALL_EVERY_MS;
    for (const callId of watchedBefore) if (!rooms.has(callId)) forget(callId);
    for (const [callId, roomName] of rooms) enter(callId, roomName, foundWatch());
    const due = [...calls].filter(([callId, { lookAtMs }]) => rooms.has(callId) && lookAtMs <= startedAtMs);
    const lookers = Array.from({ length: LOOKS_AT_ONCE }, async () => {
      for (let next = due.shift(); next !== undefined; next = due.shift()) await lookAt(...next);
    });
    await Promise.all(lookers);
  };

  const lookAt = async (callId: CallId, entry: Entry) => {
    const people = await sfu.people(entry.roomName, callId);
    for (const { role, generation } of people) if (role === 'agent') claims.seen(callId, generation);
    step(callId, { type: 'peopleListed', people });
    const isInOrder = entry.watch.phase.kind === 'attended';
    entry.lookAtMs = clock.nowMs() + (isInOrder ? LOOK_AT_ALL_EVERY_MS : LOOK_EVERY_MS);
  };

  const replaceStanding = () => {
    for (const [callId, { workerId }] of calls)
      if (workerId !== null && deps.workers.standsStill(workerId)) step(callId, { type: 'workerLost' });
  };

  const lookAgainAndAgain = async () => {
    replaceStanding();
    try {
      await look();
      if (isSfuAway) log.info('livekit-server answers again');
      isSfuAway = false;
    } catch (error) {
      if (!isSfuAway) log.warn({ err: error }, 'rooms cannot be looked at; trying again every 2 s');
      isSfuAway = true;
    }
    if (!isClosed) cancelLook = clock.at(clock.nowMs() + LOOK_EVERY_MS, startLook);
  };
  const startLook = () => {
    const running = lookAgainAndAgain().finally(() => underWay.delete(running));
    underWay.add(running);
  };
  startLook();

  return {
    opened({ callId, roomName, agent }) {
      const entry = enter(callId, roomName, openWatch(clock.nowMs()));
      if (entry === undefined) return;
      entry.agent = agent;
      entry.watch = openWatch(clock.nowMs(), entry.watch);
      setWake(callId, entry);
    },
    roomNews(news) {
      const { callId, roomName } = news;
      if (news.type === 'roomFinished') return forget(callId);
      if (news.type === 'personLeft') return step(callId, { type: 'personLeft', sid: news.sid });
      enter(callId, roomName, openWatch(clock.nowMs()));
      if (news.type === 'personJoined') step(callId, { type: 'personJoined', person: news.person });
    },
    claimGranted({ callId, seat, generation, workerId }) {
      if (seat !== MAIN_SEAT) return;
      const entry = calls.get(callId);
      if (entry !== undefined) entry.workerId = workerId;
      step(callId, { type: 'seatClaimed', generation });
    },
    awaitsAgent: (callId) => calls.get(callId)?.watch.phase.kind === 'awaiting',
    workerCameFree() {
      for (const callId of calls.keys()) step(callId, { type: 'workerCameFree' });
    },
    async close() {
      isClosed = true;
      cancelLook();
      for (const { cancelWake } of calls.values()) cancelWake();
      await Promise.all(underWay);
    },
  };
}

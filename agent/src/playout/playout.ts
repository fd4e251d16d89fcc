import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import type { AudioSink, Playout, PlayoutEvent } from './contract.ts';
import { FEED } from './feed-times.ts';
import { fadeTail, type Joint, joinHead, readyMs } from './joint.ts';
import { openReplyInput, type ReplyInput } from './reply-input.ts';
import { createReplySound, type ReplySound } from './reply-sound.ts';
import { createSinkFeed } from './sink-feed.ts';
import { tellAfterwards } from './tell-afterwards.ts';

interface OpenReply {
  readonly replyId: string;
  readonly sound: ReplySound;
  readonly input: ReplyInput;
  readonly hold: 'none' | 'fading' | 'held';
  readonly joint: Joint;
  /** Place of the next sample to give. */
  readonly given: number;
}

/** A playout over a sink. Its timers run only while something sounds or fades. */
export function createPlayout(options: {
  readonly sink: AudioSink;
  readonly clock: Clock;
  readonly onEvent: (event: PlayoutEvent) => void;
  /** Told how late each timer came, in ms. Default: nobody asks. */
  readonly onWoken?: (lateMs: number) => void;
  readonly log: Logger;
}): Playout {
  const { sink, clock, log } = options;
  const { sampleRateHz } = sink;
  const tell = tellAfterwards(options.onEvent, log);
  const feed = createSinkFeed({ sink, clock, onReady: () => pump(), log });
  const { samplesOf, msOf } = feed;

  let reply: OpenReply | null = null;
  let ignoredCalls = 0;
  let isClosed = false;
  let cancelTimer = () => {};

  const update = (change: Partial<OpenReply>) => {
    if (reply !== null) reply = { ...reply, ...change };
  };

  /** Feeds the track, tells what was heard, and asks to be woken for the next of either. */
  const pump = () => {
    cancelTimer();
    cancelTimer = () => {};
    if (isClosed) return;
    if (feed.isReady && reply !== null) giveNext(reply);
    if (reply !== null) tellHeard(reply);
    if (feed.isReady) schedule();
  };

  /** Enough sound has come to go on: more than a moment of it, or all that will come for now. */
  const isReady = ({ sound, given, joint }: OpenReply) =>
    sound.length > given && (sound.isComplete || msOf(sound.length - given) >= readyMs(joint));
  /** What is left is given at once and faded: it is the end, or a gap comes. */
  const isRest = ({ sound, given }: OpenReply) => msOf(sound.length - given) < FEED.blockMs + FEED.reserveMs;
  /** The track may hold so much when the next sound is given. */
  const dueBelowMs = (open: OpenReply) =>
    isRest(open) && !open.sound.isComplete ? FEED.starvingMs : FEED.aheadMs - FEED.refillMs;
  /** How much is given next: what fits ahead, in steps of 10 ms, with a little kept back. */
  const nextCount = (open: OpenReply) => {
    const ready = open.sound.length - open.given;
    if (isRest(open)) return ready;
    const fittingMs = Math.min(msOf(ready) - FEED.reserveMs, FEED.aheadMs - feed.queuedMs);
    return samplesOf(Math.floor(fittingMs / 10) * 10);
  };

  const giveNext = (open: OpenReply) => {
    if (open.hold !== 'none' || !isReady(open) || feed.queuedMs > dueBelowMs(open)) return;
    const { sound, given } = open;
    const samples = sound.read(given, nextCount(open));
    const joint = joinHead(open.joint, samples, sampleRateHz);
    if (isRest(open)) fadeTail(samples, sampleRateHz);
    const afterRest: Joint = sound.isComplete ? { kind: 'start' } : { kind: 'starved', rampedMs: 0 };
    update({ given: given + samples.length, joint: isRest(open) ? afterRest : joint });
    feed.give(samples, given);
  };

  const tellHeard = ({ replyId, sound, given, hold }: OpenReply) => {
    const played = feed.playedPlace;
    for (const change of sound.advance({ played, given })) tell({ ...change, replyId });
    sound.forgetBefore(played - samplesOf(FEED.aheadMs));
    if (hold === 'fading' && feed.isReady && feed.remainingMs('fade') === 0) {
      update({ hold: 'held' });
      tell({ type: 'held', replyId });
    }
    if (sound.isFinished) reply = null;
  };

  const schedule = () => {
    const waits: number[] = [];
    if (reply !== null) {
      const { sound, given, hold } = reply;
      const played = feed.playedPlace;
      const changeAt = sound.nextChangeAt;
      if (changeAt !== null && changeAt > played && changeAt <= given) waits.push(msOf(changeAt - played));
      if (hold === 'fading') waits.push(feed.remainingMs('fade'));
      if (hold === 'none' && isReady(reply)) waits.push(feed.queuedMs - dueBelowMs(reply));
    }
    if (waits.length === 0) return;
    const wakeAtMs = clock.nowMs() + Math.max(FEED.shortestWaitMs, Math.min(...waits));
    cancelTimer = clock.at(wakeAtMs, () => {
      options.onWoken?.(clock.nowMs() - wakeAtMs);
      pump();
    });
  };

  /** Acts on the open reply where it is the named one; `act` returns false for what came too late. */
  const onOpen = (replyId: string, act: (open: OpenReply) => boolean | undefined) => {
    if (isClosed) return;
    if (reply?.replyId !== replyId || act(reply) === false) ignoredCalls += 1;
    pump();
  };

  const clear = ({ replyId, sound, hold }: OpenReply) => {
    if (hold === 'none') feed.cut(sound, FEED.cutMs, (given) => update({ given }));
    const played = feed.playedPlace;
    for (const change of sound.advance({ played, given: reply?.given ?? played })) {
      if (change.type !== 'finished') tell({ ...change, replyId });
    }
    reply = null;
    tell({ type: 'cleared', replyId, ...sound.heard });
  };

  return {
    open(replyId) {
      if (isClosed) return;
      if (reply !== null) {
        log.warn(
          { replyId: reply.replyId, next: replyId },
          'a reply was still open when the next began: cleared',
        );
        clear(reply);
      }
      feed.begin();
      const sound = createReplySound(sampleRateHz);
      const input = openReplyInput(sound, sampleRateHz);
      reply = { replyId, sound, input, hold: 'none', joint: { kind: 'start' }, given: 0 };
    },
    enqueue: (replyId, segmentId, samples, rateHz) =>
      onOpen(replyId, ({ input }) => input.append(segmentId, samples, rateHz)),
    mark: (replyId, segmentId, marks) => onOpen(replyId, ({ sound }) => sound.mark(segmentId, marks)),
    endSegment: (replyId, segmentId) => onOpen(replyId, ({ input }) => input.endSegment(segmentId)),
    finish: (replyId) => onOpen(replyId, ({ input }) => void input.finish()),
    hold: (replyId) =>
      onOpen(replyId, (open) => {
        if (open.hold !== 'none') return;
        feed.cut(open.sound, FEED.holdMs, (given) => update({ given }));
        update({ hold: 'fading' });
      }),
    resume: (replyId) =>
      onOpen(replyId, ({ hold }) => {
        if (hold === 'none') return;
        feed.settle();
        const isAtStart = reply?.given === 0;
        if (hold === 'fading') tell({ type: 'held', replyId });
        tell({ type: 'resumed', replyId });
        update({ hold: 'none', joint: isAtStart ? { kind: 'start' } : { kind: 'resumed', rampedMs: 0 } });
      }),
    clear(replyId) {
      if (isClosed) return;
      if (reply?.replyId === replyId) clear(reply);
      else tell({ type: 'cleared', replyId, segmentId: null, charEnd: 0 });
      pump();
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      cancelTimer();
      tell.stop();
      if (ignoredCalls > 0) log.debug({ ignoredCalls }, 'calls named a reply or segment that was not open');
      feed.close();
    },
  };
}

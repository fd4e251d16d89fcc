import type { AudioFrame } from '@parley/agent/audio/frame';
import type { Observation } from '../figures/observation.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { RangeMs, Talk, TalkStep } from '../talks/talk.ts';
import { makeCough, makeNoise, makeVacuumCleaner } from './made-sounds.ts';
import type { RoomBackground, RoomLine, Speaker } from './room-line.ts';

/** An answer that has not begun by then is missed, in ms. */
const ANSWER_WITHIN_MS = 8_000;
/** An agent that speaks or works for longer than this is never quiet again. */
const QUIET_WITHIN_MS = 60_000;
/** So much silence at the ear is no gap between sentences. */
const QUIET_MS = 900;
/** A gap in the agent's voice from this length on is a hold: sentences are parted by less. */
const HOLD_GAP_MS = 500;
/** The longest hold is 6 s; who has not gone on by then has stopped. */
const RESUMES_WITHIN_MS = 6_500;
const POLL_MS = 20;
const PROBE = 'what are your prices';
/** Makes the agent of the suite ask for it. */
const ASKS_TO_BE_ASKED = 'take my number';
/** What a browser's canceller leaves of a loudspeaker. */
const ECHO_GAIN_DB = -30;
/** A machine is heard over and over: longer than a word, shorter than anybody notices. */
const MACHINE_MS = 4_000;

interface Said {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly pausesAtMs: readonly number[];
}

/** A caller in a room who holds talks and notes what is heard of the agent; it knows nothing else of it. */
export class RoomCallerScript {
  readonly observations: Observation[] = [];
  deadlocks = 0;
  doubleReplies = 0;
  readonly #line: RoomLine;
  readonly #speaker: Speaker;
  readonly #random: SeededRandom;
  readonly #sounds = new Map<string, AudioFrame>();
  #hasBackground = false;
  #lastTurnEndMs = 0;
  #lastSoundEndMs = 0;

  constructor(options: {
    readonly line: RoomLine;
    readonly speaker: Speaker;
    readonly random: SeededRandom;
  }) {
    this.#line = options.line;
    this.#speaker = options.speaker;
    this.#random = options.random;
  }

  /** Makes all speech first, so that none is late. */
  async prepare(talks: readonly Talk[]): Promise<void> {
    const texts = talks.flatMap(({ steps }) =>
      steps.flatMap((step) => ('says' in step ? step.says.flat() : [])),
    );
    for (const text of new Set([...texts, PROBE, ASKS_TO_BE_ASKED]))
      this.#sounds.set(text, await this.#speaker.speak(text));
  }

  async hold(talk: Talk): Promise<void> {
    // The talk before is heard out first: what is left of it has no echo.
    await this.#untilQuiet();
    this.#hasBackground = talk.echoMs !== null || talk.hasSteadyNoise;
    await this.#line.setBackground(this.#backgroundOf(talk));
    for (const [index, step] of talk.steps.entries())
      await this.#take(step, talk, talk.steps[index + 1]?.kind === 'goesOn');
    await this.#line.setBackground({ kind: 'none' });
    if (this.#hasBackground) await this.#untilQuiet();
    this.#hasBackground = false;
  }

  /** Whatever happened, the agent hears its caller in the end: said twice, as a person would. */
  async probe(): Promise<void> {
    for (let tries = 0; tries < 2; tries++) {
      await this.#untilQuiet();
      const said = await this.#say([PROBE], [0, 0]);
      if ((await this.#answerTo(said)) !== null) return;
    }
    this.deadlocks++;
  }

  async #take(step: TalkStep, talk: Talk, goesOn: boolean): Promise<void> {
    switch (step.kind) {
      case 'turn': {
        await this.#untilQuiet();
        const said = await this.#say(this.#random.pick(step.says), step.pauseMs);
        if (!goesOn) this.#note(said, await this.#answerTo(said));
        return;
      }
      case 'goesOn': {
        const afterMs = this.#lastTurnEndMs + this.#draw(step.afterMs) - this.#line.nowMs();
        await this.#line.delay(Math.max(0, afterMs));
        const said = await this.#say(this.#random.pick(step.says), [0, 0]);
        return this.#note(said, await this.#answerTo(said));
      }
      case 'bargeIn':
        return this.#bargeIn(step);
      case 'overlap':
        return this.#overlap(step);
      case 'listen':
        return this.#listen(talk);
      case 'isAskedFor': {
        await this.#untilQuiet();
        const said = await this.#say([ASKS_TO_BE_ASKED], [0, 0]);
        return this.#note(said, await this.#answerTo(said));
      }
      case 'silence':
        return this.#keepSilent(step.checkedWithinMs);
    }
  }

  /** Hears the agent out; what of its own voice or of a machine comes to its ear must not stop it, nor be a turn. */
  async #listen(talk: Talk): Promise<void> {
    const fromMs = this.#line.nowMs();
    const isHeard = this.#hasBackground && (await this.#answerTo({ untilMs: this.#lastTurnEndMs })) !== null;
    await this.#untilQuiet();
    if (!isHeard) return;
    const heard = this.#line.heardSince(fromMs);
    this.observations.push({
      kind: 'overlap',
      of: talk.echoMs === null ? 'steadyNoise' : 'echo',
      isHeld: heard.some(
        ({ offsetAtMs }, index) => (heard[index + 1]?.onsetAtMs ?? 0) - offsetAtMs >= HOLD_GAP_MS,
      ),
      isStopped: this.#line.repliesSince(this.#lastTurnEndMs).length > 1,
    });
  }

  /** The agent asks whether the caller is there; where it does not, it has missed its turn. */
  async #keepSilent(checkedWithinMs: number): Promise<void> {
    const sinceMs = this.#line.nowMs();
    const isChecked = () => this.#line.heardSince(sinceMs).length > 0;
    while (!isChecked() && this.#line.nowMs() < sinceMs + checkedWithinMs) await this.#line.delay(POLL_MS);
    if (!isChecked()) this.observations.push({ kind: 'turn', pauses: 0, cutIns: 0, responseGapMs: null });
  }

  #backgroundOf({ echoMs, hasSteadyNoise }: Talk): RoomBackground {
    if (echoMs !== null) return { kind: 'echo', afterMs: this.#draw(echoMs), gainDb: ECHO_GAIN_DB };
    if (hasSteadyNoise) return { kind: 'sound', ...makeVacuumCleaner(MACHINE_MS, this.#random) };
    return { kind: 'none' };
  }

  async #bargeIn(step: Extract<TalkStep, { kind: 'bargeIn' }>): Promise<void> {
    await this.#intoReply(step.intoReplyMs);
    const said = await this.#say(this.#random.pick(step.says), step.pauseMs);
    const responseGapMs = await this.#answerTo(said);
    // What the agent still says while the caller speaks is no stop; what comes after them is the answer.
    const during = this.#line
      .heardSince(said.fromMs)
      .filter(({ onsetAtMs }) => onsetAtMs <= said.untilMs)
      .map(({ offsetAtMs }) => offsetAtMs);
    const stopMs = during.length === 0 ? null : Math.max(...during) - said.fromMs;
    this.observations.push({ kind: 'bargeIn', stopMs, responseGapMs });
  }

  async #overlap(step: Extract<TalkStep, { kind: 'overlap' }>): Promise<void> {
    await this.#intoReply(step.intoReplyMs);
    if (!this.#isHeardAt(this.#line.nowMs())) return;
    const { firstSampleAtMs, lastSampleAtMs } = await this.#line.say(this.#soundOf(step));
    this.#lastSoundEndMs = lastSampleAtMs;
    const settlesAtMs = lastSampleAtMs + RESUMES_WITHIN_MS;
    const goesOn = () => this.#line.heardSince(lastSampleAtMs + HOLD_GAP_MS + 700).length > 0;
    while (this.#line.nowMs() < settlesAtMs && !goesOn()) await this.#line.delay(POLL_MS);
    const heard = this.#line.heardSince(firstSampleAtMs);
    const isHeld = heard.some(({ offsetAtMs }, index) => {
      const next = heard[index + 1]?.onsetAtMs ?? Number.POSITIVE_INFINITY;
      return offsetAtMs <= lastSampleAtMs + HOLD_GAP_MS && next - offsetAtMs >= HOLD_GAP_MS;
    });
    const isStopped = !goesOn() || this.#line.repliesSince(firstSampleAtMs).length > 0;
    this.observations.push({ kind: 'overlap', of: step.of, isHeld, isStopped });
  }

  #soundOf(step: Extract<TalkStep, { kind: 'overlap' }>): AudioFrame {
    if (step.of === 'acknowledgement') return this.#spoken(this.#random.pick(step.says));
    const lengthMs = this.#draw(step.lengthMs);
    return step.of === 'cough' ? makeCough(lengthMs, this.#random) : makeNoise(lengthMs, this.#random);
  }

  async #say(parts: readonly string[], pauseMs: RangeMs): Promise<Said> {
    let fromMs: number | null = null;
    let untilMs = 0;
    const pausesAtMs: number[] = [];
    for (const [index, part] of parts.entries()) {
      if (index > 0) {
        pausesAtMs.push(untilMs);
        await this.#line.delay(Math.max(0, untilMs + this.#draw(pauseMs) - this.#line.nowMs()));
      }
      const said = await this.#line.say(this.#spoken(part));
      fromMs ??= said.firstSampleAtMs;
      untilMs = said.lastSampleAtMs;
    }
    this.#lastTurnEndMs = untilMs;
    this.#lastSoundEndMs = untilMs;
    return { fromMs: fromMs ?? untilMs, untilMs, pausesAtMs };
  }

  /** The gap until the answer; null where none comes in time. */
  async #answerTo({ untilMs }: Pick<Said, 'untilMs'>): Promise<number | null> {
    const answer = () => this.#line.heardSince(untilMs).find(({ onsetAtMs }) => onsetAtMs > untilMs);
    while (answer() === undefined && this.#line.nowMs() < untilMs + ANSWER_WITHIN_MS)
      await this.#line.delay(POLL_MS);
    const onsetAtMs = answer()?.onsetAtMs;
    return onsetAtMs === undefined ? null : onsetAtMs - untilMs;
  }

  #note(said: Said, responseGapMs: number | null): void {
    const starts = this.#line.heardSince(said.fromMs).map(({ onsetAtMs }) => onsetAtMs);
    const cutIns = said.pausesAtMs.filter((fromMs, index) => {
      const untilMs = said.pausesAtMs[index + 1] ?? said.untilMs;
      return starts.some((atMs) => atMs > fromMs && atMs <= untilMs);
    });
    const pauses = said.pausesAtMs.length;
    this.observations.push({ kind: 'turn', pauses, cutIns: cutIns.length, responseGapMs });
  }

  async #intoReply(intoReplyMs: RangeMs): Promise<void> {
    const onsetAtMs = this.#line
      .heardSince(this.#lastTurnEndMs)
      .find(({ onsetAtMs: atMs }) => atMs > this.#lastTurnEndMs)?.onsetAtMs;
    if (onsetAtMs === undefined) return;
    await this.#line.delay(Math.max(0, onsetAtMs + this.#draw(intoReplyMs) - this.#line.nowMs()));
  }

  async #untilQuiet(): Promise<void> {
    const byMs = this.#line.nowMs() + QUIET_WITHIN_MS;
    for (;;) {
      const nowMs = this.#line.nowMs();
      const { state } = this.#line.agentStates().at(-1) ?? { state: 'listening' };
      if (state === 'listening' && this.#line.heardSince(nowMs - QUIET_MS).length === 0) break;
      if (nowMs > byMs) {
        this.deadlocks++;
        return;
      }
      await this.#line.delay(POLL_MS);
    }
    // One turn, one reply; what the agent began to say before the caller's last sound belongs to an earlier one. What it
    // says to a machine or to its own echo is counted there.
    const sinceMs = this.#lastSoundEndMs;
    if (sinceMs > 0 && !this.#hasBackground && this.#line.repliesSince(sinceMs).length > 1)
      this.doubleReplies++;
    // Counted once, however often somebody waits.
    this.#lastSoundEndMs = 0;
  }

  #isHeardAt(atMs: number): boolean {
    return this.#line.heardSince(atMs - 2 * POLL_MS).length > 0;
  }

  #spoken(text: string): AudioFrame {
    const sound = this.#sounds.get(text);
    if (sound === undefined) throw new Error(`"${text}" was not prepared`);
    return sound;
  }

  #draw([fromMs, toMs]: RangeMs): number {
    return this.#random.between(fromMs, toMs);
  }
}

import { levelDb } from '@parley/agent/audio/frame';
import type { StoredStep } from '@parley/engine/replay/read-journal';
import { describe, expect, it } from 'vitest';
import type { RoomCaller } from '../../callers/room-caller.ts';
import { greetedBy, healthOf, processOf, until, WAIT } from './parley-call.ts';
import { openParleyStage } from './parley-stage.ts';
import { filesOf, recordingOf } from './stored-call.ts';

/** Louder than this is sound, in dB relative to full scale, as at a caller's ear. */
const SOUND_DB = -45;
const WINDOW_MS = 5;
/** A gap shorter than this, in ms, is inside speech. */
const SAME_SOUND_GAP_MS = 250;

/** How late a busy process is to hold its sound, or to tell of it, in ms; on a free one it takes 40. */
const LATE_MS = 200;

const stage = openParleyStage(2);

interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Stretches of sound in one channel. */
function soundIn(channel: Int16Array): Stretch[] {
  const stretches: Stretch[] = [];
  for (let fromMs = 0; fromMs < channel.length / 16; fromMs += WINDOW_MS) {
    if (levelDb(channel.subarray(fromMs * 16, (fromMs + WINDOW_MS) * 16)) <= SOUND_DB) continue;
    const toMs = fromMs + WINDOW_MS;
    const last = stretches.at(-1);
    if (last !== undefined && fromMs - last.toMs < SAME_SOUND_GAP_MS)
      stretches[stretches.length - 1] = { ...last, toMs };
    else stretches.push({ fromMs, toMs });
  }
  return stretches;
}

/** What the caller heard of the agent. */
const heardBy = (caller: RoomCaller): Stretch[] =>
  caller.heardSince(0).map(({ onsetAtMs, offsetAtMs }) => ({ fromMs: onsetAtMs, toMs: offsetAtMs }));

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const lengthOf = ({ fromMs, toMs }: Stretch) => toMs - fromMs;

describe('the recording of a call', () => {
  it('has both sides as they were heard, and nothing of what an interruption cut', async () => {
    const caller = await greetedBy(stage.parley, 'storyteller');
    await caller.say(await stage.speaker.speak('Tell me a story.'));
    await caller.waitForText(({ text }) => text.includes('river'), WAIT);
    const said = await caller.say(await stage.speaker.speak('What are your prices?'));
    await caller.waitForText(({ text, end }) => text.includes('costs nothing') && end !== null, WAIT);
    await caller.waitForAgentState('listening', { sinceMs: said.lastSampleAtMs, ...WAIT });
    await caller.waitForSilence(500, { sinceMs: said.lastSampleAtMs, ...WAIT });
    const heard = heardBy(caller);
    await caller.leave();

    const { left, right, lengthMs, callMs, steps } = await recordingOf(stage.parley, caller.roomSid);
    expect(Math.abs(lengthMs - callMs)).toBeLessThanOrEqual(50);
    const agent = soundIn(right);
    const speech = soundIn(left);
    expect(speech).toHaveLength(2);
    // The agent sounded as long as it was heard.
    const longerMs = sum(agent.map(lengthOf)) - sum(heard.map(lengthOf));
    expect(Math.abs(longerMs)).toBeLessThan(500);
    // From the caller's words to the agent's: the recording has none of the way there and back.
    const atEarMs = (heard.at(-1)?.fromMs ?? 0) - said.firstSampleAtMs;
    const recordedMs = (agent.at(-1)?.fromMs ?? 0) - (speech.at(-1)?.fromMs ?? 0);
    expect(Math.abs(atEarMs - recordedMs)).toBeLessThan(1_000);
    // By the journal's clock the story is silent from the hold that became its cut, to the answer.
    const isCut = ({ event }: StoredStep) =>
      event?.type === 'playoutCleared' && event.data.segmentId !== null;
    const cutAtMs = steps.find(isCut)?.atMs ?? Number.NaN;
    const isHold = ({ commands }: StoredStep) => commands.some(({ type }) => type === 'holdPlayout');
    const heldAtMs = steps.findLast((step) => isHold(step) && step.atMs <= cutAtMs)?.atMs ?? cutAtMs;
    const answerAtMs = steps.find(({ type, atMs }) => type === 'playoutStarted' && atMs > cutAtMs)?.atMs ?? 0;
    const between = right.subarray((heldAtMs + LATE_MS) * 16, (answerAtMs - LATE_MS) * 16);
    expect(between.length).toBeGreaterThan(0);
    expect(between.every((sample) => sample === 0)).toBe(true);
    console.info(
      `recording ${Math.round(lengthMs - callMs)} ms longer than the call, its sound ${Math.round(longerMs)} ms longer than ` +
        `at the ear; the answer came ${Math.round(atEarMs - recordedMs)} ms later at the ear; ` +
        `${Math.round(answerAtMs - heldAtMs)} ms of silence before it`,
    );
  }, 150_000);

  it('has not a byte from before the caller agreed', async () => {
    const caller = await greetedBy(stage.parley, 'asks-consent');
    await caller.waitForText(({ text, end }) => text.includes('May I record') && end !== null, WAIT);
    await caller.say(await stage.speaker.speak('What are your prices?'));
    await caller.waitForText(({ text, end }) => text.includes('costs nothing') && end !== null, WAIT);
    expect((await filesOf(stage.parley, caller.roomSid)).filter((file) => file.includes('.wav'))).toEqual([]);
    await caller.sendChat('yes');
    await caller.waitForText(({ text, end }) => text.includes('Thank you') && end !== null, WAIT);
    await caller.leave();

    const { left, right, lengthMs, callMs, steps } = await recordingOf(stage.parley, caller.roomSid);
    expect(Math.abs(lengthMs - callMs)).toBeLessThanOrEqual(50);
    const agreed = steps.find(({ commands }) =>
      commands.some(
        ({ type, data }) => type === 'setRecording' && (data as { state: string }).state === 'on',
      ),
    );
    const agreedAtMs = agreed?.atMs ?? Number.NaN;
    const firstSoundAtMs = [left, right].map((channel) => channel.findIndex((sample) => sample !== 0) / 16);
    for (const atMs of firstSoundAtMs.filter((at) => at >= 0))
      expect(atMs).toBeGreaterThanOrEqual(agreedAtMs);
    expect(soundIn(right)).toHaveLength(1);
  }, 150_000);

  it('is whole when its process was killed, with silence until the next one spoke', async () => {
    const caller = await greetedBy(stage.parley, 'storyteller');
    await until('both processes take calls', async () => (await healthOf(stage.parley)).workers.ready === 2);
    await caller.say(await stage.speaker.speak('Tell me a story.'));
    await caller.waitForText(({ text }) => text.includes('nine towns'), WAIT);
    process.kill(processOf(stage.parley, caller.roomSid), 'SIGKILL');
    await caller.waitForText(({ text }) => text.endsWith('stars.'), WAIT);
    await caller.waitForSilence(500, { sinceMs: caller.nowMs() - 1_000, ...WAIT });
    const heard = heardBy(caller);
    await caller.leave();

    const { right, lengthMs, callMs } = await recordingOf(stage.parley, caller.roomSid);
    expect(Math.abs(lengthMs - callMs)).toBeLessThanOrEqual(50);
    // What the dead process had not written yet is missing, and no more.
    const lostMs = sum(heard.map(lengthOf)) - sum(soundIn(right).map(lengthOf));
    expect(Math.abs(lostMs)).toBeLessThan(1_000);
    console.info(
      `recording ${Math.round(lengthMs - callMs)} ms longer than the call, ${Math.round(lostMs)} ms of sound lost`,
    );
  }, 150_000);

  it('opens where its process was killed and the caller gone before another came', async () => {
    const caller = await greetedBy(stage.parley, 'storyteller');
    const pid = processOf(stage.parley, caller.roomSid);
    await Promise.all([caller.leave(), process.kill(pid, 'SIGKILL')]);
    // Where the caller's leaving was not known yet, another process came for a moment, and its part is joined later.
    await until('the recording is as long as the call', async () => {
      const { lengthMs, callMs } = await recordingOf(stage.parley, caller.roomSid);
      return Math.abs(lengthMs - callMs) < 1_000;
    });
    const { right } = await recordingOf(stage.parley, caller.roomSid);
    expect(soundIn(right).length).toBeGreaterThan(0);
  }, 150_000);
});

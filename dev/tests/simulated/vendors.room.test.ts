import { describe, expect, it } from 'vitest';
import type { Fault } from '../../simulators/faults.ts';
import type { SimulatedStage } from '../../simulators/simulated-vendor.ts';
import { answers, greetedBy, understood, until } from '../room/parley-call.ts';
import { recordOf } from '../room/stored-call.ts';
import { ANSWER, HEARD, openSimulatedParley, whoWorked } from './simulated-parley.ts';

/** What a caller may notice of a failure, in ms; ten times that is no slow machine but a hang. */
const LONGEST_PAUSE_MS = process.env.PARLEY_TEST_LONG === '1' ? 1_200 : 12_000;

const stage = openSimulatedParley();
const heard = HEARD.toLowerCase();

/** The words of an answer, however it was written. */
const wordsOf = (text: string) => text.toLowerCase().match(/[a-z]+/g);

/** A place in the answer from which on it is heard: captions come word by word. */
const lastWords = ANSWER.slice(-20);

describe('Deepgram, OpenAI and Cartesia', () => {
  it('hear, answer and speak, since theirs are the first keys', async () => {
    const caller = await greetedBy(stage.parley, 'trio');
    const { afterMs } = await stage.ask(caller);
    console.info(`the answer came after ${Math.round(afterMs)} ms`);
    expect(understood(caller)).toEqual([heard]);
    expect(wordsOf(answers(caller).at(-1) ?? '')).toEqual(wordsOf(ANSWER));
    await caller.leave();
    const call = await recordOf(stage.parley, caller.roomSid);
    expect(whoWorked(call)).toEqual({ stt: ['deepgram'], llm: ['openai'], tts: ['cartesia'] });
    expect(call.turns.map(({ role }) => role)).toEqual(['agent', 'caller', 'agent']);
  }, 120_000);
});

describe('a vendor that fails in mid-sentence', () => {
  it.each<[string, SimulatedStage, Fault, string]>([
    ['deepgram', 'stt', { kind: 'cut', afterMessages: 2 }, 'openai'],
    ['openai', 'llm', { kind: 'cut', afterMessages: 0 }, 'google'],
    ['cartesia', 'tts', { kind: 'hang', afterMessages: 6 }, 'deepgram'],
  ])(
    '%s for %s is followed by %j, and a caller hears the whole answer',
    async (vendor, of, fault, next) => {
      const caller = await greetedBy(stage.parley, 'spare');
      const usual = await stage.ask(caller);
      // The first may meet a guess that is thrown away before it hears of it.
      stage.vendors.faults.arm(vendor, of, fault, of === 'llm' ? 2 : 1);
      const { afterMs, longestPauseMs } = await stage.ask(caller);
      const laterMs = afterMs - usual.afterMs;
      console.info(
        `${of}: the answer began ${Math.round(laterMs)} ms later than usual, its longest pause was ${Math.round(longestPauseMs)} ms, usually ${Math.round(usual.longestPauseMs)}`,
      );
      expect(understood(caller)).toEqual([heard, heard]);
      expect(answers(caller).at(-1)).toContain(lastWords);
      expect(stage.vendors.log.entries({ kind: 'fault', vendor, stage: of })).not.toEqual([]);
      expect(laterMs).toBeLessThan(LONGEST_PAUSE_MS);
      expect(longestPauseMs).toBeLessThan(LONGEST_PAUSE_MS);
      await caller.leave();
      const call = await recordOf(stage.parley, caller.roomSid);
      expect(whoWorked(call)[of]).toEqual([vendor, next]);
      expect(call.moments.filter(({ kind }) => kind === 'provider_switched')).toHaveLength(1);
    },
    150_000,
  );
});

describe('other vendors in mid-call', () => {
  it('hear and speak as soon as a program asks for them', async () => {
    const caller = await greetedBy(stage.parley, 'spare');
    await stage.ask(caller);
    const response = await fetch(`${stage.parley.url}/api/calls/${caller.roomSid}/providers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ stt: 'openai', tts: 'deepgram' }),
    });
    expect(response.status).toBe(202);
    await until('another recogniser was asked', () => {
      return stage.vendors.log.entries({ kind: 'request', vendor: 'openai', stage: 'stt' }).length > 0;
    });
    await stage.ask(caller);
    expect(understood(caller)).toEqual([heard, heard]);
    await caller.leave();
    expect(whoWorked(await recordOf(stage.parley, caller.roomSid))).toEqual({
      stt: ['deepgram', 'openai'],
      llm: ['openai'],
      tts: ['cartesia', 'deepgram'],
    });
  }, 150_000);

  it('are taken by a rule, once two turns were in another language', async () => {
    const caller = await greetedBy(stage.parley, 'bilingual');
    await stage.ask(caller);
    await stage.ask(caller);
    await stage.ask(caller);
    expect(understood(caller)).toEqual([heard, heard, heard]);
    await caller.leave();
    const call = await recordOf(stage.parley, caller.roomSid);
    expect(whoWorked(call)).toEqual({
      stt: ['deepgram', 'openai'],
      llm: ['openai'],
      tts: ['cartesia', 'elevenlabs'],
    });
  }, 180_000);
});

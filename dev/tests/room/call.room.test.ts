import type { AudioFrame } from '@parley/agent/audio/frame';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import { monotonicNowMs } from '../../callers/monotonic.ts';
import type { RoomCaller } from '../../callers/room-caller.ts';
import { createSentenceSpeaker, type SentenceSpeaker } from '../../callers/speak-sentence.ts';
import { type Parley, startParley } from '../../parley/start-parley.ts';
import {
  answers,
  callAgent,
  callAnyAgent,
  everybodyLeaves,
  fetchTicket,
  greetedBy,
  healthOf,
  heardOut,
  joinWith,
  joinWithEveryRight,
  TEST_AGENTS_DIR,
  understood,
  until,
  WAIT,
} from './parley-call.ts';

let parley: Parley;
let speaker: SentenceSpeaker;

beforeAll(async () => {
  speaker = createSentenceSpeaker();
  parley = await startParley({ agentsDir: TEST_AGENTS_DIR });
}, 120_000);

beforeEach(() => {
  onTestFailed(() => console.info(parley.logs()));
});

afterEach(everybodyLeaves, 30_000);

afterAll(async () => {
  await speaker?.close();
  await parley?.stop();
}, 30_000);

/** Says a sentence and waits until the agent has answered it and listens again. */
async function ask(caller: RoomCaller, sentence: string): Promise<{ voiceToVoiceMs: number }> {
  const said = await caller.say(await speaker.speak(sentence));
  const onsetAtMs = await caller.waitForSound({ sinceMs: said.lastSampleAtMs, ...WAIT });
  await caller.waitForAgentState('listening', { sinceMs: onsetAtMs, ...WAIT });
  return { voiceToVoiceMs: onsetAtMs - said.lastSampleAtMs };
}

const greeted = (agent: string) => greetedBy(parley, agent);

describe('a call', () => {
  it('greets, understands three turns, answers each by voice and in text, and ends at the goodbye', async () => {
    const askedAtMs = monotonicNowMs();
    const caller = await callAgent(parley, 'receptionist');
    const greetedAtMs = await caller.waitForSound({ sinceMs: 0, ...WAIT });
    await heardOut(caller);
    const figures: number[] = [];
    for (const sentence of ['What are your opening hours?', 'What are your prices?', 'Tell me a joke.']) {
      figures.push((await ask(caller, sentence)).voiceToVoiceMs);
    }
    await caller.say(await speaker.speak('Goodbye.'));
    expect(await caller.waitForDisconnect(WAIT)).toBeTruthy();
    // A breath may be taken for one of the script's openers.
    expect(understood(caller)).toEqual([
      expect.stringContaining('what are your opening hours'),
      expect.stringContaining('what are your prices'),
      expect.stringContaining('tell me a joke'),
      expect.stringContaining('goodbye'),
    ]);
    const [greeting, hours, prices, joke, goodbye] = answers(caller);
    expect(greeting).toContain('Bluebell Bikes');
    expect(hours).toContain('from nine to six');
    expect(prices).toContain('fifteen pounds');
    expect(joke).toContain('two tired');
    expect(goodbye).toContain('goodbye!');
    const states = caller.agentStates().map(({ state }) => state);
    expect(states[0]).toBe('initializing');
    expect(new Set(states)).toEqual(new Set(['initializing', 'thinking', 'speaking', 'listening']));
    expect(caller.members().filter(({ kind }) => kind === 'agent')).toHaveLength(1);
    const voiceToVoice = figures.map(Math.round).join(', ');
    console.info(
      `greeting ${Math.round(greetedAtMs - askedAtMs)} ms after the click; voice to voice ${voiceToVoice} ms`,
    );
  }, 200_000);

  it('falls silent when the caller takes the floor, shows what was heard, and answers the new turn', async () => {
    const caller = await greeted('storyteller');
    await caller.say(await speaker.speak('Tell me a story.'));
    const storyAtMs = await caller.waitForAgentState('speaking', { sinceMs: caller.nowMs() - 500, ...WAIT });
    await caller.waitForSound({ sinceMs: storyAtMs, ...WAIT });
    await caller.waitForText(({ text }) => text.includes('river'), WAIT);
    const said = await caller.say(await speaker.speak('What are your prices?'));
    await caller.waitForText(({ text }) => text.includes('costs nothing'), WAIT);
    const during = caller
      .heardSince(said.firstSampleAtMs)
      .filter(({ onsetAtMs }) => onsetAtMs < said.lastSampleAtMs);
    const lastSoundAtMs = Math.max(...during.map(({ offsetAtMs }) => offsetAtMs));
    expect(lastSoundAtMs).toBeLessThan(said.lastSampleAtMs);
    const story = answers(caller)[1] ?? '';
    expect(story).toContain('river');
    expect(story).not.toContain('stars');
    console.info(
      `agent silent ${Math.round(lastSoundAtMs - said.firstSampleAtMs)} ms after the caller's first sound`,
    );
  }, 150_000);

  it('goes on through an acknowledgement', async () => {
    const caller = await greeted('storyteller');
    await caller.say(await speaker.speak('Tell me a story.'));
    await caller.waitForText(({ text }) => text.includes('river'), WAIT);
    // Flite spells "mm-hmm" letter by letter; this is a word that it says as people do.
    await caller.say(await speaker.speak('Okay.'));
    await caller.waitForText(({ text }) => text.includes('stars'), WAIT);
  }, 150_000);

  it('in half-duplex speaks to its end whatever is said over it, and hears the next turn', async () => {
    const caller = await greeted('half-duplex');
    await caller.say(await speaker.speak('Tell me a story.'));
    await caller.waitForText(({ text }) => text.includes('river'), WAIT);
    await caller.say(await speaker.speak('What are your prices?'));
    const told = await caller.waitForText(({ text, end }) => text.includes('mill') && end !== null, WAIT);
    expect(told.text).toContain('a very old mill.');
    expect(answers(caller)).toHaveLength(2);
    await ask(caller, 'What are your prices?');
    expect(answers(caller).at(-1)).toBe('A story costs nothing.');
  }, 150_000);

  it('tells what can be said to whom it does not understand', async () => {
    const caller = await greeted('storyteller');
    await ask(caller, 'The old elephant painted seventeen purple umbrellas before breakfast.');
    expect(answers(caller).at(-1)).toContain('Ask me');
  }, 150_000);

  it('answers a typed message', async () => {
    const caller = await greeted('storyteller');
    await caller.sendChat('what are your prices');
    await caller.waitForText(({ text }) => text.includes('costs nothing'), WAIT);
  }, 150_000);

  it('survives what nobody should send', async () => {
    const ticket = await fetchTicket(parley, 'storyteller');
    const caller = await joinWith(ticket);
    await heardOut(caller);
    const intruder = await joinWithEveryRight(parley, ticket.room_name);
    await intruder.publishVideo();
    await intruder.sendChat('x'.repeat(1_000_000));
    await askUntilAnswered(caller, await speaker.speak('What are your prices?'));
  }, 150_000);

  it('whose agent left because nobody came is greeted all the same when somebody does', async () => {
    const calls = async () => (await healthOf(parley)).workers.calls;
    await until('the calls before are over', async () => (await calls()) === 0);
    const ticket = await fetchTicket(parley, 'storyteller');
    await until('the agent has come', async () => (await calls()) === 1);
    await until('the agent has left', async () => (await calls()) === 0);
    const caller = await joinWith(ticket);
    await caller.waitForSound({ sinceMs: 0, ...WAIT });
    await caller.waitForText(({ text }) => text.includes('Good day'), WAIT);
  }, 200_000);
});

/** Calls at once: what two cores carry beside callers and SFU while other things run, or the whole proof. */
const CALLS_AT_ONCE = process.env.PARLEY_TEST_LONG === '1' ? 10 : 4;

describe('many calls in one process', () => {
  it('are all answered, and one that fails as it begins leaves the others unharmed', async () => {
    const callers: RoomCaller[] = [];
    for (let index = 0; index < CALLS_AT_ONCE; index++)
      callers.push(await (index === 2 ? callAnyAgent(parley, 'nobody') : callAgent(parley, 'storyteller')));
    const question = await speaker.speak('What are your prices?');
    const answered = await Promise.all(
      callers.map(async (caller, index) => {
        if (index === 2) return 'left alone';
        await heardOut(caller);
        return askUntilAnswered(caller, question);
      }),
    );
    expect(answered.filter((text) => text.includes('costs nothing'))).toHaveLength(CALLS_AT_ONCE - 1);
  }, 400_000);
});

/** Asks for the prices as a person does, again where it was not understood: a machine that lags loses sound. */
async function askUntilAnswered(caller: RoomCaller, question: AudioFrame, triesLeft = 3): Promise<string> {
  await caller.say(question);
  const isAnswer = ({ text }: { text: string }) => text.includes('costs nothing');
  try {
    return (await caller.waitForText(isAnswer, { timeoutMs: 30_000 })).text;
  } catch (error) {
    if (triesLeft === 1) throw error;
    return askUntilAnswered(caller, question, triesLeft - 1);
  }
}

describe('the token endpoint, as a stranger finds it', () => {
  it('names the known agents to who asks for another', async () => {
    await expect(fetchTicket(parley, 'nobody')).rejects.toThrow(/receptionist/);
  });
});

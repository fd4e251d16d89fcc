import { scriptSchema } from '@parley/contracts/script';
import type { ModelMessage } from '@parley/engine/conversation/model-context';
import { describe, expect, it } from 'vitest';
import type { LlmEvent } from './contract.ts';
import { describeLlm } from './llm.contract.ts';
import { createScriptedLlm } from './scripted.ts';

const script = scriptSchema.parse({
  start: 'desk',
  slots: { day: ['monday', 'tuesday'] },
  noMatch: 'You can ask about our hours.',
  steps: {
    desk: {
      branches: [
        {
          name: 'hours',
          phrases: ['are you open on <day>'],
          reply: 'Yes, on {{day}} we are open until five.',
        },
        { name: 'joke', phrases: ['tell me a joke'], reply: ['First joke.', 'Second joke.'] },
        { name: 'book', phrases: ['book a table'], reply: 'For how many?', next: 'booking' },
      ],
    },
    booking: {
      noMatch: 'How many people?',
      branches: [{ name: 'two', phrases: ['two'], reply: 'Two it is.' }],
    },
  },
  always: [{ name: 'bye', phrases: ['goodbye'], reply: 'Goodbye, and thank you.', end: true }],
});

const NO_TOOLS = { instructions: '', tools: [] };

const said = (text: string): ModelMessage => ({ role: 'user', text, isUnintelligible: text === '' });
const answered = (text: string): ModelMessage => ({ role: 'assistant', text, isInterrupted: false });

describeLlm('scripted', {
  create: () => createScriptedLlm({ script }),
  request: { ...NO_TOOLS, messages: [said('book a table')], node: 'desk' },
});

async function answer(messages: readonly ModelMessage[], node = 'desk') {
  const events: LlmEvent[] = [];
  const { signal } = new AbortController();
  for await (const event of createScriptedLlm({ script }).stream({ ...NO_TOOLS, messages, node }, { signal }))
    events.push(event);
  return {
    text: events.map((event) => (event.type === 'text' ? event.text : '')).join(''),
    tools: events.flatMap((event) =>
      event.type === 'toolCall' ? [`${event.name} ${event.argumentsJson}`] : [],
    ),
  };
}

describe('the scripted model', () => {
  it('fills the slots that the caller named', async () => {
    expect((await answer([said('Are you open on Tuesday?')])).text).toBe(
      'Yes, on tuesday we are open until five.',
    );
  });

  it('takes replies in turn over the call', async () => {
    const first = [said('tell me a joke')];
    expect((await answer(first)).text).toBe('First joke.');
    const second = [...first, answered('First joke.'), said('tell me a joke')];
    expect((await answer(second)).text).toBe('Second joke.');
  });

  it('moves to the next step and answers from there', async () => {
    expect((await answer([said('book a table')])).tools).toEqual(['go_to_step {"step":"booking"}']);
    expect((await answer([said('two')], 'booking')).text).toBe('Two it is.');
  });

  it('says what can be said when nothing fits, by step', async () => {
    expect((await answer([said('')])).text).toBe('You can ask about our hours.');
    expect((await answer([said('purple')], 'booking')).text).toBe('How many people?');
  });

  it('ends the call after a goodbye, from any step', async () => {
    expect((await answer([said('goodbye')], 'booking')).tools).toEqual(['end_call {}']);
  });

  it('understands a turn that came in two halves', async () => {
    expect((await answer([said('are you open'), said('on monday')])).text).toContain('on monday');
  });
});

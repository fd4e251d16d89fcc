import type { ModelMessage } from '@parley/engine/conversation/model-context';
import { describe, expect, it } from 'vitest';
import { chatMessages, chatTools } from './chat-messages.ts';

const said = (text: string): ModelMessage => ({ role: 'user', text, isUnintelligible: false });
const answered = (text: string, isInterrupted = false): ModelMessage => ({
  role: 'assistant',
  text,
  isInterrupted,
});
const write = (...messages: readonly ModelMessage[]) =>
  chatMessages({ instructions: '', messages }, 'system').map(({ role, content }) => `${role}: ${content}`);

describe('the messages of a model', () => {
  it('begin with the instructions, in the role that the model wants', () => {
    const request = { instructions: 'Be kind.', messages: [said('hi')] };
    expect(chatMessages(request, 'developer')).toEqual([
      { role: 'developer', content: 'Be kind.' },
      { role: 'user', content: 'hi' },
    ]);
    expect(chatMessages(request, 'system')[0]).toEqual({ role: 'system', content: 'Be kind.' });
  });

  it('tell what was said in turn', () => {
    expect(write(said('hi'), answered('Hello.'), said('a table'))).toEqual([
      'user: hi',
      'assistant: Hello.',
      'user: a table',
    ]);
  });

  it('mark where the caller interrupted, in the words of the caller alone', () => {
    expect(write(said('hi'), answered('We have tables at', true), said('no, wait'))).toEqual([
      'user: hi',
      'assistant: We have tables at —',
      'user: [The caller interrupted you.]\nno, wait',
    ]);
  });

  it('tell of words that could not be understood, and of those over the agent', () => {
    expect(
      write(said('hi'), answered('Hello.'), { role: 'overlap', text: 'mhm' }, answered('How are you?'), {
        role: 'user',
        text: '',
        isUnintelligible: true,
      }),
    ).toEqual([
      'user: hi',
      'assistant: Hello.',
      'user: [While you were speaking, the caller said: mhm]',
      'assistant: How are you?',
      'user: [The caller said something that could not be understood.]',
    ]);
  });

  it('join what one side said in a row', () => {
    expect(write(said('a table'), said('for two'), answered('Yes.'), answered('When?'), said('now'))).toEqual(
      ['user: a table\nfor two', 'assistant: Yes.\nWhen?', 'user: now'],
    );
  });

  it('have the caller begin and end', () => {
    expect(write()).toEqual(['user: [The call begins.]']);
    expect(write(answered('Hello.'))).toEqual([
      'user: [The call begins.]',
      'assistant: Hello.',
      'user: [The caller says nothing.]',
    ]);
    expect(write(answered(' '), said(' '))).toEqual(['user: [The call begins.]']);
  });

  it('keep what was written before, so that vendors may cache it', () => {
    const talk = [said('hi'), answered('Hello, I', true), said('wait'), answered('Yes?'), said('a table')];
    const all = write(...talk);
    for (let turns = 1; turns < talk.length; turns += 2) {
      const earlier = write(...talk.slice(0, turns));
      expect(all.slice(0, earlier.length)).toEqual(earlier);
    }
  });

  it('hold any script, whole', () => {
    const text = 'こんにちは 👩🏽‍🚀 \u202eمرحبا\u202c "quoted" \\ {}';
    expect(write(said(text))).toEqual([`user: ${text}`]);
  });

  it('come with tools as functions', () => {
    const parameters = { type: 'object', properties: {} };
    expect(chatTools([{ name: 'end_call', description: 'Ends it.', parameters }])).toEqual([
      { type: 'function', function: { name: 'end_call', description: 'Ends it.', parameters } },
    ]);
  });
});

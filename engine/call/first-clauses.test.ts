import { replyIdSchema } from '@parley/contracts/ids';
import { pipelineSettingsSchema } from '@parley/contracts/pipeline-settings';
import { describe, expect, it } from 'vitest';
import { spokenLine } from '../reply/spoken/spoken-line.ts';
import { testSettings } from './testing/call-settings.ts';
import { CALLER, VirtualCall } from './testing/virtual-call.ts';

const replyId = replyIdSchema.parse('r1.2');
/** A model that is silent, so that the test writes for it. */
const asked = (speculation: object = { enabled: false }) =>
  new VirtualCall(testSettings({ pipeline: pipelineSettingsSchema.parse({ idle: [], speculation }) }), {
    answer: () => 'silence',
  })
    .connect()
    .send(3_000, { type: 'chatReceived', data: { participantId: CALLER, text: 'prices?' } });
const write = (call: VirtualCall, atMs: number, text: string) =>
  call.send(atMs, { type: 'llmTextDelta', data: { replyId, text } });
const spoken = (call: VirtualCall) =>
  call
    .commandsOf('speak')
    .filter(({ data }) => data.replyId === replyId)
    .map(({ atMs, data }) => [atMs, data.text]);

describe('the first words of an answer', () => {
  it('are given to the voice at the end of their clause', () => {
    const call = write(write(asked(), 3_100, 'On Monday, '), 3_200, 'we open at nine. ').run(3_500);
    expect(spoken(call)).toEqual([
      [3_100, 'On Monday,'],
      [3_200, 'we open at nine.'],
    ]);
  });

  it('are given 150 ms after the first of them, where the clause goes on', () => {
    const call = write(write(asked(), 3_100, 'We can certainly'), 3_140, ' offer ta').run(3_500);
    expect(spoken(call)).toEqual([[3_250, 'We can certainly offer']]);
  });

  it('wait past that until three words are whole', () => {
    const call = write(write(asked(), 3_100, 'We'), 3_400, ' can help you').run(4_000);
    expect(spoken(call)).toEqual([[3_400, 'We can help']]);
  });

  it('are not waited for twice', () => {
    const call = write(asked(), 3_100, 'We are open. And').run(8_000);
    expect(spoken(call)).toEqual([[3_100, 'We are open.']]);
    expect(call.events.filter(({ type, atMs }) => type === 'woke' && atMs > 3_100 && atMs < 3_300)).toEqual(
      [],
    );
  });

  it('are made ready on a guess too, and sound when the turn is over', () => {
    const call = new VirtualCall(testSettings({ pipeline: pipelineSettingsSchema.parse({ idle: [] }) }), {
      answer: () => 'silence',
    })
      .connect()
      .say(2_000, 3_000, 'what are your prices')
      .run(3_160);
    const guessed = replyIdSchema.parse(call.commandsOf('startLlm').at(-1)?.data.replyId);
    call.send(3_170, { type: 'llmTextDelta', data: { replyId: guessed, text: 'We can certainly offer' } });
    call.run(3_400);
    expect(call.commandsOf('speak').at(-1)).toMatchObject({
      atMs: 3_320,
      data: { replyId: guessed, text: 'We can certainly' },
    });
    expect(call.commandsOf('resumePlayout')).toEqual([]);
    call.run(4_000);
    expect(call.commandsOf('resumePlayout')).toMatchObject([{ data: { replyId: guessed } }]);
  });

  it('are not given of an answer that was stopped', () => {
    const call = write(asked(), 3_100, 'We can certainly offer')
      .send(3_150, { type: 'chatReceived', data: { participantId: CALLER, text: 'stop' } })
      .run(4_000);
    expect(spoken(call)).toEqual([]);
  });
});

describe('numbers of an answer', () => {
  it('are said in words, and kept as they are written', () => {
    const call = new VirtualCall(testSettings(), { answer: () => '**It costs $12.50**, every day.' })
      .connect()
      .send(3_000, { type: 'chatReceived', data: { participantId: CALLER, text: 'prices?' } })
      .run(20_000);
    expect(call.commandsOf('speak').at(-1)?.data).toMatchObject({
      text: 'It costs twelve dollars and fifty cents, every day.',
      written: 'It costs $12.50, every day.',
    });
    expect(call.state.conversation.items.at(-1)).toMatchObject({ heard: 'It costs $12.50, every day.' });
    const captions = call.commandsOf('captionAgent').map(({ data }) => data.delta);
    expect(captions.slice(-5).join('')).toContain('It costs $12.50, every day.');
  });

  it('are said in the lines of an agent just as they were made ready', () => {
    const greeting = '**Hello!** We open at 9:30 a.m., on 5/12 too. 👋';
    const call = new VirtualCall(testSettings({ greeting })).connect().run(20_000);
    const { text, written } = call.commandsOf('speak')[0]?.data ?? {};
    expect(text).toBe(spokenLine(greeting, 'en'));
    expect(written).toBe('Hello! We open at 9:30 a.m., on 5/12 too.');
    expect(call.state.conversation.items[0]).toMatchObject({ heard: written, isInterrupted: false });
  });
});

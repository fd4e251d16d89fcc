import { describe, expect, it } from 'vitest';
import { type ChatChunk, createChatAnswer } from './chat-answer.ts';

const BILLED = { provider: 'openai', model: 'm' };

function read(...chunks: readonly ChatChunk[]) {
  const answer = createChatAnswer(BILLED);
  const events = chunks.flatMap((chunk) => answer.read(chunk));
  return { events, usage: answer.usage(), isFinished: answer.isFinished };
}

const words = (content: string): ChatChunk => ({ id: 'c', choices: [{ delta: { content } }] });
const finish = (reason = 'stop'): ChatChunk => ({ choices: [{ delta: {}, finish_reason: reason }] });
const call = (name: string, json: string): ChatChunk => ({
  id: 'c',
  choices: [{ delta: { tool_calls: [{ function: { name, arguments: json } }] } }],
});

describe('a streamed answer', () => {
  it('is its words as they come', () => {
    expect(read(words(''), words('Hello '), words('there.'), finish())).toMatchObject({
      events: [
        { type: 'text', text: 'Hello ' },
        { type: 'text', text: 'there.' },
      ],
      isFinished: true,
    });
  });

  it('is not finished before its vendor says so', () => {
    expect(read(words('Hello')).isFinished).toBe(false);
  });

  it('asks for its tools once they are whole, whatever the reason for its end', () => {
    expect(read(call('end_call', ''), finish('stop')).events).toEqual([
      { type: 'toolCall', toolCallId: 'c-0', name: 'end_call', argumentsJson: '{}' },
    ]);
  });

  it('is a fault without words or calls, or with calls that cannot be read', () => {
    expect(() => read(finish('content_filter'))).toThrow(
      'the answer is empty (finish_reason content_filter)',
    );
    expect(() => read(words(' \n'), finish())).toThrow('empty');
    expect(() => read(words('<think>hm</think>'), finish())).toThrow('empty');
    expect(() => read(call('book', '{"people":'), finish())).toThrow('the arguments of book');
    expect(() => read(call('book', '[1]'), finish())).toThrow('not a JSON object');
    expect(() => read(call('', '{}'), finish())).toThrow('no name');
  });

  it('is good though it was cut at its longest', () => {
    expect(read(words('And so on'), finish('length'))).toMatchObject({ isFinished: true });
  });

  it('speaks what it will not do', () => {
    expect(read({ choices: [{ delta: { refusal: 'I cannot.' } }] }, finish()).events).toEqual([
      { type: 'text', text: 'I cannot.' },
    ]);
  });

  it('tells the last count of what was billed, thinking too', () => {
    const usage = (completion: number, total: number): ChatChunk => ({
      choices: [],
      usage: { prompt_tokens: 100, completion_tokens: completion, total_tokens: total },
    });
    expect(read(usage(1, 101), usage(20, 150)).usage).toEqual([
      { type: 'usage', ...BILLED, inputTokens: 100, outputTokens: 50 },
    ]);
    expect(read(words('Hello')).usage).toEqual([]);
    expect(
      read({ usage: { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } } })
        .usage,
    ).toEqual([{ type: 'usage', ...BILLED, inputTokens: 9, cachedInputTokens: 4, outputTokens: 2 }]);
  });

  it('reads over chunks that say nothing', () => {
    expect(read({}, { choices: [] }, { choices: [{}] }, { choices: [{ delta: null }] }).events).toEqual([]);
  });
});

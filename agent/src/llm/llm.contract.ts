import { describe, expect, it } from 'vitest';
import type { Llm, LlmEvent, LlmRequest } from './contract.ts';

/** What every language model must do. */
export function describeLlm(
  name: string,
  given: {
    readonly create: () => Llm;
    /** One that the model answers with several words. */
    readonly request: LlmRequest;
    /** A vendor in earnest: asked three times at once and not twenty, and it need not say the same. Default: false. */
    readonly isLive?: boolean;
  },
): void {
  const { create, request, isLive = false } = given;
  const atOnce = isLive ? 3 : 20;
  const read = async (events: AsyncIterable<LlmEvent>) => {
    const all: LlmEvent[] = [];
    for await (const event of events) all.push(event);
    return all;
  };
  const textOf = (events: readonly LlmEvent[]) =>
    events.map((event) => (event.type === 'text' ? event.text : '')).join('');

  describe(`llm contract: ${name}`, () => {
    it('streams its answer in pieces', async () => {
      const llm = create();
      await llm.warm();
      const events = await read(llm.stream(request, { signal: new AbortController().signal }));
      expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThan(1);
      expect(textOf(events).trim()).not.toBe('');
      await llm.close();
    });

    it('gives tool arguments as JSON of an object', async () => {
      const llm = create();
      for (const event of await read(llm.stream(request, { signal: new AbortController().signal }))) {
        if (event.type === 'toolCall') expect(JSON.parse(event.argumentsJson)).toBeTypeOf('object');
      }
      await llm.close();
    });

    it('ends without a throw when aborted, before and in mid-answer', async () => {
      const llm = create();
      expect(await read(llm.stream(request, { signal: AbortSignal.abort(new Error('not wanted')) }))).toEqual(
        [],
      );
      const controller = new AbortController();
      const heard: LlmEvent[] = [];
      for await (const event of llm.stream(request, { signal: controller.signal })) {
        heard.push(event);
        controller.abort(new Error('interrupted'));
      }
      expect(heard).toHaveLength(1);
      await llm.close();
    });

    it(`answers ${atOnce} requests at once, each whole`, async () => {
      const llm = create();
      const signal = new AbortController().signal;
      const answers = await Promise.all(
        Array.from({ length: atOnce }, () => read(llm.stream(request, { signal }))),
      );
      for (const answer of answers) expect(textOf(answer).trim()).not.toBe('');
      if (!isLive) expect(new Set(answers.map(textOf)).size).toBe(1);
      await llm.close();
    });

    it('can be closed twice', async () => {
      const llm = create();
      await llm.close();
      await llm.close();
    });
  });
}

/** What simulated models answer to the caller's last words. */
export interface AnswerScript {
  answer(lastWords: string): SimulatedAnswer;
}

export interface SimulatedAnswer {
  readonly text: string;
  /** Asked for after the text, where the request offers a tool of this name. */
  readonly calls?: readonly SimulatedCall[];
}

export interface SimulatedCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** One line of a script: the first whose expression fits answers. */
export interface AnswerRule extends SimulatedAnswer {
  readonly when: RegExp;
}

/** Twenty words. */
const USUAL_ANSWER =
  'Certainly, I can help you with that right away. We are open until five today, so just tell me more.';

const FAREWELL: AnswerRule = {
  when: /\b(goodbye|good bye|bye)\b/i,
  text: 'Thank you for calling. Goodbye!',
  calls: [{ name: 'end_call', arguments: {} }],
};

/** Rules first; then a goodbye ends the call; then an answer of twenty words. */
export function createAnswerScript(rules: readonly AnswerRule[]): AnswerScript {
  const all = [...rules, FAREWELL];
  return {
    answer: (lastWords) => all.find(({ when }) => when.test(lastWords)) ?? { text: USUAL_ANSWER },
  };
}

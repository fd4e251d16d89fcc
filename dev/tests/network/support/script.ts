import { createSentenceSpeaker } from '../../../callers/speak-sentence.ts';
import type { Exchange } from './talk-over-link.ts';

/** What a caller of the front desk says, ready to be said. */
export interface Script {
  readonly hours: Exchange;
  readonly puncture: Exchange;
}

export const GREETING =
  'Hello, this is Bluebell Bikes. You can ask me about our opening hours, our prices, or where to find us. What can I do for you?';

const LINES = {
  hours: {
    text: 'When are you open?',
    understood: /open/i,
    answer:
      'We are open Monday to Friday, from nine to six, and on Saturday from ten to four. We are closed on Sunday.',
  },
  puncture: {
    text: 'How much is a puncture?',
    understood: /puncture/i,
    answer: 'Mending a puncture is fifteen pounds, and you can wait while we do it.',
  },
} as const;

/** Speaks what the caller says, once for all calls. */
export async function speakScript(): Promise<Script> {
  const speaker = createSentenceSpeaker();
  try {
    const exchange = async ({ text, ...rest }: (typeof LINES)[keyof typeof LINES]): Promise<Exchange> => ({
      ...rest,
      speech: await speaker.speak(text),
    });
    return { hours: await exchange(LINES.hours), puncture: await exchange(LINES.puncture) };
  } finally {
    await speaker.close();
  }
}

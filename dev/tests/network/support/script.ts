import type { AudioFrame } from '@parley/agent/audio/frame';
import { createSentenceSpeaker } from '../../../callers/speak-sentence.ts';

/** What the front desk says first, in the words of its definition. */
export const GREETING =
  'Hello, this is Bluebell Bikes. You can ask me about our opening hours, our prices, or where to find us. What can I do for you?';

/** What it says where it did not understand. */
export const NOT_UNDERSTOOD =
  'Sorry, I did not catch that. You can ask when we are open, what a repair costs, where we are, or for a joke.';

/** Something that a caller says, and the answer to it, word for word. */
export interface Line {
  readonly text: string;
  readonly speech: AudioFrame;
  readonly answer: string;
}

export interface Script {
  readonly hours: Line;
  readonly puncture: Line;
}

/** Speaks what the caller says, once for all calls. */
export async function speakScript(): Promise<Script> {
  const speaker = createSentenceSpeaker();
  const line = async (text: string, answer: string): Promise<Line> => ({
    text,
    answer,
    speech: await speaker.speak(text),
  });
  try {
    return {
      hours: await line(
        'When are you open?',
        'We are open Monday to Friday, from nine to six, and on Saturday from ten to four. We are closed on Sunday.',
      ),
      puncture: await line(
        'How much is a puncture?',
        'Mending a puncture is fifteen pounds, and you can wait while we do it.',
      ),
    };
  } finally {
    await speaker.close();
  }
}

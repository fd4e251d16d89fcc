import { plainText } from '../markup.ts';
import { speechOf } from './speech.ts';

/** What a voice is given of a line that an agent's file holds; the same as in a call. `language`: BCP 47 tag. */
export function spokenLine(line: string, language: string): string {
  return speechOf(plainText(line), language).spoken;
}

import { describe, expect, it } from 'vitest';
import { agentSaid, callerSaid } from './testing/recorded-turns.ts';
import { timedWords } from './timed-words.ts';
import { indexWords } from './word-index.ts';

const turns = [
  agentSaid('Hello, how can I help?', 1_000),
  callerSaid('Two tickets please', 4_000),
  agentSaid('For which day', 4_600, { replyId: 'early' }),
];
const index = indexWords(turns);
/** The words that sound, as texts. */
const heardAt = (atMs: number) =>
  index.soundingAt(atMs).map(({ turn, at }) => {
    const said = turns.find((one) => turn.endsWith(one.role === 'agent' ? one.replyId : one.participantId));
    return (
      said &&
      timedWords(said)
        .find((word) => word.at === at)
        ?.text.trim()
    );
  });

describe('which word sounds', () => {
  it('is none before, between and after', () => {
    expect(heardAt(0)).toEqual([]);
    expect(heardAt(3_000)).toEqual([]);
    expect(heardAt(60_000)).toEqual([]);
  });

  it('is the one whose time it is, from its first instant on', () => {
    expect(heardAt(1_000)).toEqual(['Hello,']);
    expect(heardAt(1_299)).toEqual(['Hello,']);
    expect(heardAt(1_400)).toEqual(['how']);
  });

  it('is one of each side where both talk', () => {
    expect(heardAt(4_700)).toEqual(['tickets', 'For']);
  });

  it('is found for each word at its own beginning: a click leads to the word that then lights', () => {
    for (const turn of turns)
      for (const word of timedWords(turn))
        if (word.span) expect(heardAt(word.span.startMs)).toContain(word.text.trim());
  });
});

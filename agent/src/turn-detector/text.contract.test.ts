import { createNoEndOfTurn } from './none.ts';
import { createTextEndOfTurn } from './text.ts';
import { describeEndOfTurnContract } from './turn-detector.contract.ts';

const turns = async () => ({
  finished: { samples: new Int16Array(16_000), text: 'I would like a table for six.' },
  unfinished: { samples: new Int16Array(16_000), text: 'I would like a table for' },
});

describeEndOfTurnContract('The judge of the text', { create: async () => createTextEndOfTurn(), turns });
describeEndOfTurnContract('No end-of-turn model', { create: async () => createNoEndOfTurn(), turns });

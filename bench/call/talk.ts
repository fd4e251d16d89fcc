/** What simulated recognisers understand, whatever a caller says: more words than an interruption needs. */
export const HEARD = ['Could you please tell me when you are open today?'];

/** What the simulated model answers: two sentences, long enough to be interrupted. */
export const ANSWER =
  'Certainly, we are open from nine in the morning until six in the evening today, and on Saturdays from ten until four. ' +
  'If you would like to come by on another day, just tell me which one, and I will look it up for you right away.';

/** What callers really say, in a synthetic voice. */
export const QUESTION = 'Could you please tell me when you are open today?';
export const INTERRUPTION = 'Wait a moment please, I have another question for you.';

/** How long the simulated vendors take, in ms. Source: design, section 11. */
export const DELAYS = { sttFinalMs: 120, llmFirstTokenMs: 200, llmPerWordMs: 15, ttsFirstAudioMs: 100 };

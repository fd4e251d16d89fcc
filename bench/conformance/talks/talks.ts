import type { RangeMs, Talk, TalkStep } from './talk.ts';

/** Pauses that a person makes inside a sentence. */
const INSIDE: RangeMs = [200, 1_500];
/** Pauses between groups of digits: short ones, as some are longer than any wait. */
const BETWEEN_GROUPS: RangeMs = [300, 1_300];
const NO_PAUSE: RangeMs = [0, 0];

const STORY: TalkStep = {
  kind: 'turn',
  says: [['tell me a story']],
  pauseMs: NO_PAUSE,
  answer: 'long',
};

const ask = (text: string, ...others: string[]): TalkStep => ({
  kind: 'turn',
  says: [[text], ...others.map((other) => [other])],
  pauseMs: NO_PAUSE,
  answer: 'short',
});

const ACKNOWLEDGEMENTS = ['mm-hmm', 'okay', 'right', 'uh-huh', 'yeah', 'i see', 'okay right'] as const;

/** The talks of the suite. Pauses and instants are ranges; a seed draws them, the words and the stages' speed. */
export const TALKS: readonly Talk[] = [
  talk('pauses inside a sentence', [
    {
      kind: 'turn',
      says: [
        ['i would like to book a table', 'for two people'],
        ['what are your prices', 'for a full service', 'on a saturday'],
        ['could you tell me', 'what time you close'],
        ['my brother and i', 'are looking for', 'a bicycle for a child'],
      ],
      pauseMs: INSIDE,
      answer: 'short',
    },
    {
      kind: 'turn',
      says: [
        ['i am calling about', 'the repair of my bike'],
        ['is there', 'any way to pay by card'],
      ],
      pauseMs: INSIDE,
      answer: 'short',
    },
  ]),
  talk('a number spelled slowly', [
    { kind: 'isAskedFor', what: 'digits' },
    {
      kind: 'turn',
      says: [
        ['oh seven seven', 'nine four six', 'one two eight'],
        ['my number is five five five', 'two three', 'eight eight'],
      ],
      pauseMs: BETWEEN_GROUPS,
      answer: 'readBack',
    },
  ]),
  talk('acknowledgements over a story', [
    STORY,
    { kind: 'overlap', of: 'acknowledgement', says: ACKNOWLEDGEMENTS, intoReplyMs: [500, 3_000] },
    { kind: 'overlap', of: 'acknowledgement', says: ACKNOWLEDGEMENTS, intoReplyMs: [5_500, 9_000] },
    { kind: 'listen' },
    ask('what are your prices'),
  ]),
  talk('coughs and noise over a story', [
    STORY,
    { kind: 'overlap', of: 'cough', lengthMs: [60, 500], intoReplyMs: [500, 3_000] },
    { kind: 'overlap', of: 'noise', lengthMs: [100, 1_200], intoReplyMs: [5_500, 9_000] },
    { kind: 'listen' },
    ask('when are you open', 'what are your prices'),
  ]),
  talk('an early barge-in', [
    STORY,
    {
      kind: 'bargeIn',
      says: [['what are your prices'], ['no something else'], ['wait a moment please']],
      pauseMs: NO_PAUSE,
      intoReplyMs: [0, 500],
      answer: 'short',
    },
  ]),
  talk('a late barge-in', [
    STORY,
    {
      kind: 'bargeIn',
      says: [['what are your prices', 'on a sunday'], ['stop'], ['tell me when you open']],
      pauseMs: [200, 500],
      intoReplyMs: [3_000, 9_000],
      answer: 'short',
    },
    ask('thank you very much'),
  ]),
  talk('a correction', [
    { kind: 'turn', says: [['a table for five people']], pauseMs: NO_PAUSE, answer: 'readBack' },
    {
      kind: 'bargeIn',
      says: [['no six people'], ['no', 'six people']],
      pauseMs: [200, 400],
      intoReplyMs: [400, 2_000],
      answer: 'short',
    },
  ]),
  {
    ...talk('echo of the agent', [
      STORY,
      { kind: 'listen' },
      ask('what are your prices'),
      { kind: 'listen' },
    ]),
    echoMs: [10, 150],
  },
  talk('two quick turns', [
    ask('what are your prices'),
    {
      kind: 'goesOn',
      says: [['and where are you'], ['and when do you open on saturday']],
      afterMs: [250, 1_400],
      answer: 'short',
    },
  ]),
  talk('silence', [
    ask('what are your prices'),
    { kind: 'listen' },
    { kind: 'silence', checkedWithinMs: 40_000 },
    ask('yes i am here'),
  ]),
  {
    ...talk('a steady noise', [ask('what are your prices'), STORY, { kind: 'listen' }, ask('where are you')]),
    hasSteadyNoise: true,
  },
];

function talk(name: string, steps: readonly TalkStep[]): Talk {
  return { name, steps, echoMs: null, hasSteadyNoise: false };
}

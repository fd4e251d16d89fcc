import { defineAgent } from 'parley';

/*
 * A calm quiz host, and an agent file in TypeScript: each question makes a step of the script, so that another one is
 * three lines more. It needs no key.
 */
interface Question {
  readonly asks: string;
  readonly right: string;
  readonly wrong: readonly string[];
  readonly hint: string;
  readonly fact: string;
}

const QUESTIONS: readonly Question[] = [
  {
    asks: 'Which planet is called the red planet: Venus, Mars, or Jupiter?',
    right: 'mars',
    wrong: ['venus', 'jupiter'],
    hint: 'It bears the name of the Roman god of war.',
    fact: 'Its sand is full of rust.',
  },
  {
    asks: 'How many legs does a spider have: six, eight, or twelve?',
    right: 'eight',
    wrong: ['six', 'twelve'],
    hint: 'An insect has two fewer.',
    fact: 'Its legs have forty eight knees between them.',
  },
  {
    asks: 'Which ocean is the largest: the Atlantic, the Indian, or the Pacific?',
    right: 'pacific',
    wrong: ['atlantic', 'indian'],
    hint: 'Its name means peaceful.',
    fact: 'All the land on Earth would fit into it.',
  },
  {
    asks: 'What is the capital of Australia: Sydney, Melbourne, or Canberra?',
    right: 'canberra',
    wrong: ['sydney', 'melbourne'],
    hint: 'It was built because the two larger cities could not agree.',
    fact: 'Sydney and Melbourne both wanted it, so neither got it.',
  },
  {
    asks: 'Which metal is liquid on a warm day: silver, mercury, or copper?',
    right: 'mercury',
    wrong: ['silver', 'copper'],
    hint: 'Old thermometers are full of it.',
    fact: 'A cannon ball would float on it.',
  },
];

const stepOf = (index: number) => `question_${index + 1}`;
const askedNext = (index: number) => {
  const next = QUESTIONS[index + 1];
  return next === undefined
    ? 'That was the last question. Shall we play again?'
    : `Here is the next one. ${next.asks}`;
};
const nextStep = (index: number) => (index + 1 < QUESTIONS.length ? stepOf(index + 1) : 'over');
const answer = (what: string) => `[i think] [it is | it's | is it] [the] ${what} [ocean | legs]`;

const questionSteps = QUESTIONS.map(({ asks, right, hint, fact }, index) => ({
  branches: [
    {
      name: 'right',
      phrases: [answer(right)],
      reply: `Yes, well done. ${fact} ${askedNext(index)}`,
      next: nextStep(index),
    },
    {
      name: 'wrong',
      phrases: [answer(`<wrong_${index + 1}>`)],
      reply: `Not {{wrong_${index + 1}}}, I am afraid. Try again, or ask me for a hint.`,
    },
    {
      name: 'hint',
      phrases: ['[give me] a hint', '(can | could) i have a hint', 'help me', 'i need a hint'],
      reply: hint,
    },
    {
      name: 'asked_again',
      phrases: ['[please] repeat the question', 'say [that | it] again', 'what was the question'],
      reply: asks,
    },
    {
      name: 'passed',
      phrases: ['pass', 'skip (it | this one)', 'next question', 'i do not know', "i don't know", 'no idea'],
      reply: `Never mind. The answer is ${right}. ${askedNext(index)}`,
      next: nextStep(index),
    },
  ],
  noMatch: `I did not catch that. Say one of the three, or ask for a hint. ${asks}`,
}));

const begin = [
  'yes [please]',
  "(i am | i'm) ready",
  "(let us | let's) (go | start | play)",
  'play again',
  'start',
];

export default defineAgent({
  name: 'trivia-host',
  title: 'The quiet quiz',
  description: 'Asks five easy questions, with hints, and is never in a hurry. Written in TypeScript.',
  voice: 'awb',
  greeting:
    'Good evening, and welcome to the quiet quiz. Five questions, no clock. Say yes when you are ready.',
  apology: 'I lost my cards for a moment. Could you say that once more?',
  // Who thinks aloud makes pauses.
  turn: { vadParams: { silenceDurationMs: 700 } },
  phrases: { yield: ['pass', 'next question'] },
  script: {
    start: 'welcome',
    openers: ['(okay | well)'],
    closers: ['please'],
    noMatch: 'Take your time. Say yes to play, or goodbye to leave.',
    slots: Object.fromEntries(QUESTIONS.map(({ wrong }, index) => [`wrong_${index + 1}`, [...wrong]])),
    steps: {
      welcome: {
        branches: [
          {
            name: 'ready',
            phrases: begin,
            reply: `Lovely. Here is the first one. ${QUESTIONS[0]?.asks}`,
            next: stepOf(0),
          },
        ],
      },
      ...Object.fromEntries(questionSteps.map((step, index) => [stepOf(index), step])),
      over: {
        branches: [
          {
            name: 'again',
            phrases: begin,
            reply: `With pleasure. From the top. ${QUESTIONS[0]?.asks}`,
            next: stepOf(0),
          },
          { name: 'enough', phrases: ['no [thank you | thanks]'], reply: 'Then good night.', end: true },
        ],
      },
    },
    always: [
      {
        name: 'rules',
        phrases: ['what are the rules', 'how does (it | this) work', 'what can i say'],
        reply:
          'I ask, and you pick one of three. You may ask for a hint, or say pass. Goodbye ends the quiz.',
      },
      {
        name: 'goodbye',
        phrases: ['goodbye', 'bye [bye]', 'good night', '(stop | quit | end) the quiz'],
        reply: 'Thank you for playing. Good night.',
        end: true,
      },
    ],
  },
});

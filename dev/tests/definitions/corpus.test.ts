import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createAgentFaults } from '@parley/agent/call/agent-faults';
import { faultInWords } from '@parley/agent/definitions/definition-fault';
import { readAgentFile } from '@parley/agent/definitions/read-agent-file';
import { createVirtualClock } from '@parley/agent/runtime/virtual-clock';
import { expect, test } from 'vitest';

const CORPUS = fileURLToPath(new URL('./corpus/', import.meta.url));
const BRANCH = 'script.steps.main.branches.0';

/** Every fault of every file, as a person reads it; a text that ends in an ellipsis goes on. */
const FAULTS: Readonly<Record<string, readonly string[]>> = {
  'a-list': [':1:1: must hold one agent, as keys with values (name, title, greeting ...), not a list'],
  'a-sentence': [':1:1: must hold one agent, as keys with values (name, title, greeting ...), not text'],
  'alias-bomb': [': has aliases (*name) that stand for too much; write it out'],
  'branch-without-reply': [`:10:11 ${BRANCH}.reply: is missing`],
  'description-too-long': [':3:14 description: must have at most 200 characters'],
  'duplicate-key': [':4:1: has the key "greeting" twice; a key stands once'],
  'empty-greeting': [':3:10 greeting: is empty; it must be text'],
  'empty-reply-in-list': [`:12:32 ${BRANCH}.reply.1: must not be empty`],
  empty: [': is empty'],
  'greeting-is-a-list': [':3:11 greeting: must be text, not a list'],
  'greeting-is-an-empty-list': [':3:11 greeting: must be text, not a list'],
  'greeting-is-a-number': [':3:11 greeting: must be text, not the number 7'],
  'greeting-without-words': [':3:11 greeting: has nothing in it that the embedded voice can say'],
  'key-of-another-kind': [':4:1 system: is not known here; known are: name, title, description, …'],
  'language-by-name': [':4:11 language: must be a language tag such as en, en-GB or de'],
  'language-without-lines': [
    ':1:1 resumeLine: must be given in "de", since the default is English',
    ':1:1 apology: must be given in "de", since the default is English',
  ],
  'missing-greeting': [':1:1 greeting: is missing'],
  'missing-name': [':1:1 name: is missing'],
  'misspelt-key': [':1:1 greeting: is missing', ':3:1 greting: is not known; did you mean "greeting"?'],
  'misspelt-turn-key': [':5:3 turn.allowInteruptions: is not known; did you mean "allowInterruptions"?'],
  'misspelt-vad-key': [
    ':6:5 turn.vadParams.silenceDuration: is not known; did you mean "silenceDurationMs"?',
  ],
  'model-of-embedded': [':6:3 stt.model: "embedded" has no models to choose from; leave it out'],
  'name-in-capitals': [':1:7 name: must be lower case letters, digits and -, a letter first'],
  'next-leads-nowhere': [`:13:17 ${BRANCH}.next: no step is named "booking"`],
  'no-branches': [':9:17 script.steps.main.branches: must hold at least one'],
  'no-script-no-prompt': [
    ':1:1 script: is missing: an agent needs a script, or a prompt for a language model',
  ],
  'number-key': [':3:1 7: is not known here; known are: …'],
  'only-comments': [': is empty'],
  'phrase-in-two-lists': [
    ':8:7 phrases.assents.1: "easy" is in yield as well, and can mean one of the two only',
  ],
  'phrase-of-nothing': [`:11:43 ${BRANCH}.phrases.1: "[please]" could be said without a word`],
  'phrase-without-sound': [`:11:21 ${BRANCH}.phrases.0: "什么" has no sound in English; …`],
  'phrase-without-word': [':5:18 phrases.yield.1: must hold a word'],
  'prompt-alone': [
    ':1:1 script: is missing, and there is no language model here to follow the prompt, and …',
  ],
  'provider-as-text': [':4:6 tts: must be keys with values, not text'],
  'public-is-text': [':4:9 public: must be true or false, not text'],
  'reply-is-a-number': [`:12:18 ${BRANCH}.reply: must be text or a list, not the number 10`],
  'several-faults': [
    ':1:1 title: is missing',
    ':2:1 titel: is not known; did you mean "title"?',
    ':3:11 greeting: must be text, not the number 7',
    ':5:10 script.start: no step is named "nowhere"',
    `:10:11 ${BRANCH}.reply: is missing`,
    `:12:11 ${BRANCH}.replies: is not known here; known are: name, phrases, reply, next, end`,
  ],
  'silence-too-short': [':6:24 turn.vadParams.silenceDurationMs: must be at least 100'],
  'slot-without-words': [':7:19 script.slots.day.1: "?" has no word'],
  'start-leads-nowhere': [':5:10 script.start: no step is named "nowhere"'],
  'step-name-in-capitals': [
    ':5:10 script.start: no step is named "main"',
    ':8:5 script.steps.Main: must be lower case letters, digits and _, a letter first',
  ],
  'tab-indentation': [
    ':5:1: is not sound YAML: Tabs are not allowed as indentation',
    ':6:12: is not sound YAML: …',
  ],
  'threshold-too-high': [':5:27 turn.vadParams.threshold: must be at most 0.95'],
  'title-too-long': [':2:8 title: must have at most 80 characters'],
  'turn-key-in-other-case': [':5:3 turn.min_words: is not known; did you mean "minWords"?'],
  'turns-by-recogniser': [':4:14 turn.vad: must be true here: …'],
  'two-documents': [':4:1: is not sound YAML: …'],
  'unclosed-list': [':12:11: is not sound YAML: Flow sequence in block collection must be …'],
  'unclosed-phrase': [`:11:21 ${BRANCH}.phrases.0: "(" is not closed in "what (are | were your prices"`],
  'unknown-alias': [':3:11: "*hello" stands for nothing: quote it, or name it "&hello" before'],
  'unknown-provider': [
    ':4:18 llm.provider: "openai" needs OPENAI_API_KEY, which is not set in the environment, .env or keys.env',
  ],
  'unknown-slot-in-phrase': [`:11:21 ${BRANCH}.phrases.0: no slot is named "day"`],
  'unknown-slot-in-reply': [`:12:18 ${BRANCH}.reply: no slot is named "day"`],
  'unknown-slot-in-second-reply': [`:14:15 ${BRANCH}.reply.1: no slot is named "day"`],
  'unknown-tag': [':3:11: is not sound YAML: Unresolved tag: !secret'],
  'unknown-voice': [':4:8 voice: the embedded voice has no "alloy"; it has: slt, rms, awb, kal16, kal'],
  'unquoted-bracket': [':12:24: is not sound YAML: Unexpected scalar at node end'],
  'unquoted-colon': [':3:11: is not sound YAML: Nested mappings are not allowed in compact mappings'],
  'words-not-whole': [':5:13 turn.minWords: must be a whole number, not the number 2.5'],
  'wrong-indentation': [':6:1: is not sound YAML: All mapping items must start at the same column'],
};

test.each(Object.entries(FAULTS))(
  '%s is told with all its faults, each at its place',
  async (name, faults) => {
    const file = `${name}.yaml`;
    const read = await readAgentFile(file, `${CORPUS}${file}`, {
      faultsHere: createAgentFaults({ keys: {}, baseUrls: {} }),
      clock: createVirtualClock(),
    });
    const told = read.kind === 'faulty' ? read.faults.map(faultInWords) : [];
    expect(told).toEqual(
      faults.map((fault) =>
        fault.endsWith('…') ? expect.stringMatching(startingWith(file + fault.slice(0, -1))) : file + fault,
      ),
    );
  },
);

test('no file of the corpus is left out', async () => {
  expect((await readdir(CORPUS)).sort()).toEqual(
    Object.keys(FAULTS)
      .map((name) => `${name}.yaml`)
      .sort(),
  );
});

function startingWith(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}

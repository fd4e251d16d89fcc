import { z } from 'zod';
import { pipelineSettingsSchema } from './pipeline-settings.ts';
import { providerChoiceSchema, switchingSchema } from './provider-choice.ts';
import { scriptSchema } from './script.ts';

/** When speech counts as speech. */
export const vadParamsSchema = z.strictObject({
  /** Speech probability above which a frame is speech. Range 0.05 to 0.95, default 0.5. Source: Silero's own default. */
  threshold: z.number().min(0.05).max(0.95).default(0.5),
  /**
   * Sound from before speech was noticed that the recogniser hears with it, in ms. Range 0 to 1000, default 300. Source:
   * name and default of OpenAI Realtime's server VAD.
   */
  prefixPaddingMs: z.number().int().min(0).max(1000).default(300),
  /**
   * Silence after speech before a turn may end, in ms; with an end-of-turn model, where that is unsure. Range 100 to 3000,
   * default 500. Source: name and default of OpenAI Realtime's server VAD.
   */
  silenceDurationMs: z.number().int().min(100).max(3000).default(500),
});
export type VadParams = z.infer<typeof vadParamsSchema>;

/** How the caller and the agent take turns. */
export const turnSettingsSchema = z.strictObject({
  /** Turns start and end by voice activity. `false`: by the speech recogniser's own events. Default true. */
  vad: z.boolean().default(true),
  /**
   * `standard`: while the agent speaks, `minWords` words interrupt it. `flow`: any word does that is no acknowledgement.
   * Default `standard`.
   */
  mode: z.enum(['standard', 'flow']).default('standard'),
  /** `false`: half-duplex, what is said over the agent is not a turn. Default true. Source: the default of peers. */
  allowInterruptions: z.boolean().default(true),
  /** In half-duplex, what is said over the agent is dropped, or kept and answered after it. Default `drop`. Source: LiveKit Agents. */
  whileAgentSpeaks: z.enum(['drop', 'keep']).default('drop'),
  vadParams: vadParamsSchema.prefault({}),
  /**
   * Words that interrupt the agent while it speaks; one is enough while it is silent. Range 1 to 20, default 3. Source:
   * docs/decisions/0004.
   */
  minWords: z.number().int().min(1).max(20).default(3),
  /**
   * When the caller is muted: no turn starts and no reply stops, and what is said is heard all the same.
   * `untilFirstAgentUtterance`: the greeting is heard out, and words said meanwhile are answered after it.
   * `whileFunctionRuns`: words said while a tool runs are dropped; a tool that may be called off hears the words that do.
   * `byNode`: at the nodes of a flow that say so; words are dropped. Default: all three. Source: Pipecat's
   * strategies, docs/decisions/0014.
   */
  muteStrategies: z
    .array(z.enum(['untilFirstAgentUtterance', 'whileFunctionRuns', 'byNode']))
    .default(['untilFirstAgentUtterance', 'whileFunctionRuns', 'byNode']),
});
export type TurnSettings = z.infer<typeof turnSettingsSchema>;

const spokenPhraseSchema = z
  .string()
  .max(60)
  .regex(/[\p{L}\p{N}]/u, 'must hold a word');
const spokenPhrasesSchema = z.array(spokenPhraseSchema).max(50).default([]);

/** Words of this agent's callers, beside those that Parley knows of the language. */
export const turnPhrasesSchema = z.strictObject({
  /** Take the floor at once, however few the words, as "stop" does. */
  yield: spokenPhrasesSchema,
  /** Sounds of listening, as "mm-hmm": never an answer and never a turn over the agent's speech. */
  acknowledgements: spokenPhrasesSchema,
  /** Agree while listening, as "right" does; an answer where a question was asked. */
  assents: spokenPhrasesSchema,
});
export type TurnPhrases = z.infer<typeof turnPhrasesSchema>;

const RESUME_LINE = 'Sorry, the line dropped for a moment. Please say that again.';
const APOLOGY = 'I am sorry, something went wrong on my side. Could you say that once more?';

const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

/** One agent as a developer writes it. */
export const agentDefinitionSchema = z
  .strictObject({
    /** Name in URLs and dispatches. */
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be lower case letters, digits and -, a letter first'),
    /** Name that people see. */
    title: z.string().min(1).max(80),
    /** What it is good for, in a sentence: shown where a person picks an agent. */
    description: z.string().max(200).default(''),
    /** BCP 47 tag. The embedded providers speak English. */
    language: z.string().regex(LANGUAGE, 'must be a language tag such as en, en-GB or de').default('en'),
    /** A voice of the speech provider in use, for example `slt`. The provider's default where absent. */
    voice: z.string().min(1).max(100).optional(),
    /** May be called without the access key, from an allowed origin. */
    public: z.boolean().default(false),
    /** Instructions for a language model. Needed where there is no script. */
    prompt: z.string().min(1).max(50_000).optional(),
    /** Spoken first, without the language model. */
    greeting: z.string().min(1).max(500),
    /** Spoken after the agent's process was lost in mid-call and another took over. The default is English. */
    resumeLine: z.string().min(1).max(300).default(RESUME_LINE),
    /** Spoken when an answer could not be made. The default is English. */
    apology: z.string().min(1).max(300).default(APOLOGY),
    /**
     * Whose sound is kept, on the machine of the agent and the server: nobody's, the agent's alone, or both. Default
     * `both`.
     */
    recording: z.enum(['off', 'agent', 'both']).default('both'),
    /** `ask`: nothing is recorded before the caller has agreed, in words or on the page. Default `none`. */
    recordingConsent: z.enum(['none', 'ask']).default('none'),
    /** Asks for that consent, after the greeting. That of the agent's language where absent. */
    consentLine: z.string().min(1).max(300).optional(),
    /** Who recognises speech. The best provider that has a key where absent. */
    stt: providerChoiceSchema.optional(),
    /** Who makes the answers. The best provider that has a key where absent. */
    llm: providerChoiceSchema.optional(),
    /** Who speaks. The best provider that has a key where absent. */
    tts: providerChoiceSchema.optional(),
    switching: switchingSchema.prefault({}),
    turn: turnSettingsSchema.prefault({}),
    phrases: turnPhrasesSchema.prefault({}),
    pipelineSettings: pipelineSettingsSchema.prefault({}),
    /** What the agent says without a language model. Needed where there is no prompt. */
    script: scriptSchema.optional(),
  })
  .superRefine(
    (definition, context) => {
      const fault = (path: (string | number)[], message: string) =>
        context.addIssue({ code: 'custom', path, message });
      const { language, resumeLine, apology, prompt, script, phrases } = definition;
      if (typeof language === 'string' && LANGUAGE.test(language) && !/^en(-|$)/.test(language)) {
        const message = `must be given in "${language}", since the default is English`;
        if (resumeLine === RESUME_LINE) fault(['resumeLine'], message);
        if (apology === APOLOGY) fault(['apology'], message);
      }
      if (prompt === undefined && script === undefined)
        fault(['script'], 'is missing: an agent needs a script, or a prompt for a language model');
      for (const { path, phrase, other } of phrasesTwice(phrases))
        fault(['phrases', ...path], `"${phrase}" is in ${other} as well, and can mean one of the two only`);
    },
    // What one part says of another is told even while a third is faulty: a developer wants every fault at once.
    { when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value) },
  );
export type AgentDefinition = z.infer<typeof agentDefinitionSchema>;
/** The same before defaults are filled in: what a file holds. */
export type AgentDefinitionInput = z.input<typeof agentDefinitionSchema>;

/** Phrases that stand in two lists. Takes whatever a faulty file holds. */
function phrasesTwice(
  phrases: Readonly<Record<string, unknown>> | undefined,
): readonly { path: [string, number]; phrase: string; other: string }[] {
  const listOf = new Map<string, string>();
  return Object.keys(turnPhrasesSchema.shape).flatMap((list) => {
    const texts: unknown = phrases?.[list];
    if (!Array.isArray(texts)) return [];
    return texts.flatMap((text: unknown, index) => {
      if (typeof text !== 'string') return [];
      const phrase = text.trim().toLowerCase();
      const other = listOf.get(phrase) ?? list;
      listOf.set(phrase, other);
      return other === list ? [] : [{ path: [list, index] as [string, number], phrase, other }];
    });
  });
}

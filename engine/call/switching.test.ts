import { pipelineSettingsSchema } from '@parley/contracts/pipeline-settings';
import { switchRuleSchema } from '@parley/contracts/provider-choice';
import { describe, expect, it } from 'vitest';
import { testSettings } from './testing/call-settings.ts';
import { CALLER, VirtualCall, type VirtualStages } from './testing/virtual-call.ts';

const PROVIDERS = {
  stt: ['deepgram/nova-3', 'openai/whisper-1'],
  llm: ['openai/gpt-4.1-nano', 'openai/gpt-4o', 'google/gemini-2.5-flash'],
  tts: ['cartesia/sonic-3', 'elevenlabs/eleven_flash_v2_5'],
};

const callWith = (
  rules: readonly unknown[],
  stages: Partial<VirtualStages> = {},
  { speculates = false } = {},
) =>
  new VirtualCall(
    testSettings({
      providers: PROVIDERS,
      switchRules: rules.map((rule) => switchRuleSchema.parse(rule)),
      pipeline: pipelineSettingsSchema.parse({ idle: [], speculation: { enabled: speculates } }),
    }),
    stages,
  ).connect();
const asked = (call: VirtualCall) => call.commandsOf('useProviders').map(({ data }) => data);
const chat = (call: VirtualCall, atMs: number, text: string) =>
  call.send(atMs, { type: 'chatReceived', data: { participantId: CALLER, text } });

describe('the providers of a call', () => {
  it('change by a request, each to the first of the agent that has that name', () => {
    const call = callWith([]);
    call.send(2_000, { type: 'providersAsked', data: { llm: 'google', tts: 'elevenlabs' } }).run(3_000);
    expect(asked(call)).toEqual([
      { llm: 'google/gemini-2.5-flash', tts: 'elevenlabs/eleven_flash_v2_5', cause: 'asked' },
    ]);
  });

  it('are told apart by their models', () => {
    const call = callWith([]);
    call.send(2_000, { type: 'providersAsked', data: { llm: 'openai/gpt-4o' } }).run(3_000);
    expect(asked(call)).toEqual([{ llm: 'openai/gpt-4o', cause: 'asked' }]);
  });

  it('stay where somebody asks for one that the agent does not have', () => {
    const call = callWith([]);
    call.send(2_000, { type: 'providersAsked', data: { tts: 'sarvam' } }).run(3_000);
    expect(asked(call)).toEqual([]);
    expect(call.state.counts.droppedEvents).toBe(1);
  });

  it('are those that a failure left in use: what is in use is not asked for again', () => {
    const call = callWith([]);
    const failed = { stage: 'tts', from: PROVIDERS.tts[0] ?? '', to: PROVIDERS.tts[1] ?? '' } as const;
    call
      .send(2_000, { type: 'providerSwitched', data: { ...failed, cause: 'failed', code: 'timeout' } })
      .send(3_000, { type: 'providersAsked', data: { tts: 'elevenlabs' } })
      .run(4_000);
    expect(asked(call)).toEqual([]);
    expect(call.state.switching.inUse.tts).toBe('elevenlabs/eleven_flash_v2_5');
  });

  it('bring what their recogniser gives: the waits are those of the one in use', () => {
    const hearing = { givesInterims: false, finalizeAfterSilenceMs: 200, reopensDeafStt: true };
    const call = callWith([]);
    call
      .send(2_000, {
        type: 'providerSwitched',
        data: { stage: 'stt', from: 'a/b', to: 'c/d', cause: 'failed', code: 'unavailable', hearing },
      })
      .run(3_000);
    expect(call.state.settings).toMatchObject(hearing);
  });

  it('and its language are carried into the next process', () => {
    const call = callWith([]);
    call.send(2_000, { type: 'providersAsked', data: { language: 'es' } });
    call
      .send(2_100, {
        type: 'providerSwitched',
        data: {
          stage: 'llm',
          from: PROVIDERS.llm[0] ?? '',
          to: 'google/gemini-2.5-flash',
          cause: 'asked',
          code: null,
        },
      })
      .run(3_000);
    const next = call.lostAndResumed(500).connect(3_600).run(5_000);
    expect(asked(next)).toEqual([{ llm: 'google/gemini-2.5-flash', language: 'es', cause: 'asked' }]);
    expect(next.state.settings.language).toBe('es');
  });
});

describe('rules of an agent', () => {
  const SPANISH = { when: { languageHeard: 'es' }, language: 'es-MX', tts: 'elevenlabs' };

  it('one without a condition of the caller holds from the first moment', () => {
    const call = callWith([{ when: { startsBetween: { from: '22:00', to: '06:00' } }, llm: 'google' }]);
    expect(asked(call.run(100))).toEqual([{ llm: 'google/gemini-2.5-flash', cause: 'rule' }]);
  });

  it('a language counts once two turns in a row were in it, and the answer to the second is in it', () => {
    const call = callWith([SPANISH], { heardLanguage: 'es-419' });
    call.say(3_000, 4_000, 'hola buenos días').run(10_000);
    expect(asked(call)).toEqual([]);
    call.say(11_000, 12_000, 'quiero una mesa para dos').run(20_000);
    expect(asked(call)).toEqual([{ tts: 'elevenlabs/eleven_flash_v2_5', language: 'es-MX', cause: 'rule' }]);
    const [switched] = call.commandsOf('useProviders');
    expect(switched?.atMs).toBe(call.commandsOf('startLlm').at(-1)?.atMs);
  });

  it('an answer that was begun on a guess is thrown away where a rule gives it to another', () => {
    const call = callWith([SPANISH], { heardLanguage: 'es-419' }, { speculates: true });
    call.say(3_000, 4_000, 'hola buenos días').run(10_000);
    expect(call.state.counts.usedSpeculations).toBe(1);
    call.say(11_000, 12_000, 'quiero una mesa para dos').run(20_000);
    expect(asked(call)).toEqual([{ tts: 'elevenlabs/eleven_flash_v2_5', language: 'es-MX', cause: 'rule' }]);
    const [switched] = call.commandsOf('useProviders');
    expect(switched?.atMs).toBe(call.commandsOf('startLlm').at(-1)?.atMs);
    expect(call.state.counts.usedSpeculations).toBe(1);
  });

  it('the caller asks for it in words, typed or said', () => {
    const call = callWith([{ ...SPANISH, when: { said: ['en español', 'in spanish'] } }]);
    chat(call, 2_000, 'Can we do this in Spanish, please?').run(4_000);
    expect(asked(call)).toMatchObject([{ language: 'es-MX' }]);
  });

  it('all of its conditions must hold, and the first that holds is taken', () => {
    const call = callWith(
      [
        { when: { said: ['please'], languageHeard: 'de' }, llm: 'google' },
        { when: { said: ['please'] }, llm: 'openai/gpt-4o' },
        { when: { said: ['please'] }, llm: 'google' },
      ],
      { heardLanguage: 'en' },
    );
    chat(call, 2_000, 'please').run(4_000);
    expect(asked(call)).toEqual([{ llm: 'openai/gpt-4o', cause: 'rule' }]);
  });

  it('what they ask for is asked for once', () => {
    const call = callWith([{ ...SPANISH, when: { said: ['spanish'] } }]);
    chat(call, 2_000, 'Spanish').run(2_100);
    call.send(2_200, {
      type: 'providerSwitched',
      data: {
        stage: 'tts',
        from: PROVIDERS.tts[0] ?? '',
        to: PROVIDERS.tts[1] ?? '',
        cause: 'rule',
        code: null,
      },
    });
    chat(call, 6_000, 'Spanish!').run(8_000);
    expect(asked(call)).toHaveLength(1);
  });
});

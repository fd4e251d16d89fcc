import type { CallEvent } from '@parley/contracts/call-event';
import type { ProviderIds } from '@parley/contracts/carried-call';
import type { SwitchRule } from '@parley/contracts/provider-choice';
import { wordsOf } from '../turn/draft.ts';
import { containsPhrase } from '../turn/phrases/phrase-lists.ts';
import type { Step } from './step.ts';

/** Turns in a row in one language after which the caller is taken to speak it: one may be a name, or misheard. */
const TURNS_OF_A_LANGUAGE = 2;

/** Who fulfils the stages of a call, and what its caller speaks. */
export interface Switching {
  readonly inUse: ProviderIds;
  /** Language of the last final, until a turn takes it; null where the recogniser does not tell. */
  readonly lastHeard: string | null;
  /** The primary language of the last turns, and how many in a row were in it. */
  readonly heard: { readonly language: string; readonly turns: number } | null;
  /** The turn that the rules have seen last. */
  readonly seenTurnId: string | null;
}

type SwitchEvent = Extract<
  CallEvent,
  { type: 'callStarted' | 'callResumed' | 'providersAsked' | 'providerSwitched' }
>;

/** What changes providers beside the caller's own words: the hour of the call, a request, a failure. */
export function onSwitching(step: Step, event: SwitchEvent): void {
  switch (event.type) {
    case 'callStarted':
      useFirst(step, (rule) => rule.when.languageHeard === undefined && rule.when.said === undefined);
      return;
    case 'callResumed':
      if (event.data.providers !== undefined) use(step, event.data.providers, 'asked');
      return;
    case 'providersAsked':
      use(step, event.data, 'asked');
      return;
    case 'providerSwitched': {
      const { stage, to, hearing } = event.data;
      const { settings, switching } = step.state;
      step.set({ switching: { ...switching, inUse: { ...switching.inUse, [stage]: to } } });
      if (hearing !== undefined) step.set({ settings: { ...settings, ...hearing } });
      return;
    }
  }
}

/** Notes the language of a final, for the turn that it belongs to. */
export function noteLanguage(step: Step, language: string | undefined): void {
  if (language !== undefined) step.set({ switching: { ...step.state.switching, lastHeard: language } });
}

/** A turn that waits for its answer may change who gives it. Tells whether it does; a turn is asked once. */
export function heedSwitchRules(step: Step): boolean {
  const { floor, switching, conversation, settings } = step.state;
  if (floor.phase !== 'owed' || switching.seenTurnId === floor.turnId) return false;
  const { turnId } = floor;
  const heard = withTurn(switching);
  step.set({ switching: { ...switching, seenTurnId: turnId, lastHeard: null, heard } });
  if (settings.switchRules.length === 0) return false;
  const turn = conversation.items.findLast((item) => item.kind === 'turn' && item.turnId === turnId);
  const words = turn?.kind === 'turn' ? wordsOf(turn.text) : [];
  const spoken = heard !== null && heard.turns >= TURNS_OF_A_LANGUAGE ? heard.language : null;
  return useFirst(step, ({ when }) => {
    if (when.languageHeard === undefined && when.said === undefined) return false;
    const isHeard = when.languageHeard === undefined || primaryOf(when.languageHeard) === spoken;
    return isHeard && (when.said === undefined || containsPhrase(words, when.said));
  });
}

function withTurn({ lastHeard, heard }: Switching): Switching['heard'] {
  if (lastHeard === null) return heard;
  const language = primaryOf(lastHeard);
  return { language, turns: heard?.language === language ? heard.turns + 1 : 1 };
}

function useFirst(step: Step, holds: (rule: SwitchRule) => boolean): boolean {
  const rule = step.state.settings.switchRules.find(holds);
  return rule !== undefined && use(step, rule, 'rule');
}

type Wanted = { readonly [key in 'stt' | 'llm' | 'tts' | 'language']?: string | undefined };

/** Asks for what differs from what is in use, and tells whether anything does; a provider that the agent does not have is dropped. */
function use(step: Step, wanted: Wanted, cause: 'asked' | 'rule'): boolean {
  const { settings, switching } = step.state;
  const change: { -readonly [key in keyof Wanted]: string } = {};
  for (const stage of ['stt', 'llm', 'tts'] as const) {
    const name = wanted[stage];
    if (name === undefined) continue;
    const id = settings.providers[stage].find((one) => one === name || one.startsWith(`${name}/`));
    if (id === undefined) step.drop();
    else if (id !== switching.inUse[stage]) change[stage] = id;
  }
  const { language } = wanted;
  if (language !== undefined && language !== settings.language) {
    change.language = language;
    step.set({ settings: { ...settings, language } });
  }
  if (Object.keys(change).length === 0) return false;
  step.emit({ type: 'useProviders', data: { ...change, cause } });
  return true;
}

function primaryOf(language: string): string {
  return language.toLowerCase().split('-', 1)[0] ?? '';
}

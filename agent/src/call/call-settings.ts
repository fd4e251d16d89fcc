import type { AgentDefinition } from '@parley/contracts/agent-definition';
import type { ProviderChoice } from '@parley/contracts/provider-choice';
import type { CallSettings } from '@parley/engine/call/settings';
import { NO_PRICES, type PriceTable, pricesOf } from '@parley/engine/cost/price-table';
import { consentLines } from '@parley/engine/turn/phrases/consent-lines';
import type { AssignedCall } from '../worker/contract.ts';
import { CallError } from './call-error.ts';
import type { CallStages } from './stages.ts';

/** What the reducer starts from, of the agent and its stages. Throws CallError `unsupported_settings`. */
export function callSettings(
  call: AssignedCall,
  definition: AgentDefinition,
  stages: CallStages,
  prices: PriceTable,
): Omit<CallSettings, 'startsAtMs'> {
  const { finalizeAfterSilenceMs, givesInterims, givesSpeechEvents, mayGoDeaf } = stages.stt.capabilities;
  if (!definition.turn.vad && !givesSpeechEvents) {
    throw new CallError(
      'unsupported_settings',
      `agent "${definition.name}" sets vad: false, but the recogniser ${stages.stt.provider} has no speech events of its own; set vad: true`,
    );
  }
  const { language, turn, phrases, pipelineSettings, greeting, resumeLine, apology, script } = definition;
  return {
    generation: call.metadata.generation,
    resumes: call.metadata.resumes,
    language,
    turn,
    phrases,
    pipeline: pipelineSettings,
    prices: pricesFor(definition, stages, prices),
    greeting,
    resumeLine,
    apology,
    startNode: script?.start ?? '',
    finalizeAfterSilenceMs,
    givesInterims,
    reopensDeafStt: mayGoDeaf,
    scoresEndOfTurn: stages.endOfTurn.capabilities.input !== 'none',
    recording: recordingSetting(definition),
    consentLine: definition.consentLine ?? consentLines(language).ask,
    callerWaitMs: call.metadata.callerWaitMs,
  };
}

/** Prices of whoever may work in a call; none where there is no ceiling to hold. */
function pricesFor(
  { stt, llm, tts, switching, pipelineSettings }: AgentDefinition,
  stages: CallStages,
  prices: PriceTable,
): PriceTable {
  if (pipelineSettings.maxCostUsd === null) return NO_PRICES;
  const named = (choice: ProviderChoice | undefined, others: readonly ProviderChoice[]) =>
    [...(choice === undefined ? [] : [choice]), ...others].map(({ provider }) => provider);
  return pricesOf(prices, {
    stt: new Set([stages.stt.provider, ...named(stt, switching.stt)]),
    llm: new Set([stages.llm.provider, ...named(llm, switching.llm)]),
    tts: new Set([stages.tts.provider, ...named(tts, switching.tts)]),
  });
}

function recordingSetting({ recording, recordingConsent }: AgentDefinition): CallSettings['recording'] {
  if (recording === 'off') return 'none';
  return recordingConsent === 'ask' ? 'afterConsent' : 'unasked';
}

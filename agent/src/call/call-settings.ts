import type { AgentDefinition } from '@parley/contracts/agent-definition';
import type { CallSettings } from '@parley/engine/call/settings';
import { rulesAt } from '@parley/engine/call/switch-hours';
import { NO_PRICES, type PriceTable, pricesOf } from '@parley/engine/cost/price-table';
import { consentLines } from '@parley/engine/turn/phrases/consent-lines';
import type { Candidate } from '../runtime/provider-order.ts';
import type { AssignedCall } from '../worker/contract.ts';
import { CallError } from './call-error.ts';
import { idOf } from './choose-providers.ts';
import type { StageOrder } from './stages.ts';

/** What the reducer starts from, of the agent and its stages. Throws CallError `unsupported_settings`. */
export function callSettings(
  call: AssignedCall,
  definition: AgentDefinition,
  order: StageOrder,
  prices: PriceTable,
  startedAtEpochMs: number,
): Omit<CallSettings, 'startsAtMs'> {
  const stt = order.stt[0].stage;
  const { finalizeAfterSilenceMs, givesInterims, givesSpeechEvents, mayGoDeaf } = stt.capabilities;
  if (!definition.turn.vad && !givesSpeechEvents) {
    throw new CallError(
      'unsupported_settings',
      `agent "${definition.name}" sets vad: false, but the recogniser ${stt.provider} has no speech events of its own; set vad: true`,
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
    prices: pricesFor(definition, order, prices),
    providers: {
      stt: order.stt.map(({ stage }) => idOf(stage)),
      llm: order.llm.map(({ stage }) => idOf(stage)),
      tts: order.tts.map(({ stage }) => idOf(stage)),
    },
    switchRules: rulesAt(definition.switching.rules, startedAtEpochMs),
    greeting,
    resumeLine,
    apology,
    startNode: script?.start ?? '',
    finalizeAfterSilenceMs,
    givesInterims,
    reopensDeafStt: mayGoDeaf,
    scoresEndOfTurn: order.endOfTurn.capabilities.input !== 'none',
    recording: recordingSetting(definition),
    consentLine: definition.consentLine ?? consentLines(language).ask,
    callerWaitMs: call.metadata.callerWaitMs,
  };
}

/** Prices of whoever may work in a call; none where there is no ceiling to hold. */
function pricesFor({ pipelineSettings }: AgentDefinition, order: StageOrder, prices: PriceTable): PriceTable {
  if (pipelineSettings.maxCostUsd === null) return NO_PRICES;
  const names = (candidates: readonly Candidate<{ readonly provider: string }>[]) =>
    new Set(candidates.map(({ stage }) => stage.provider));
  return pricesOf(prices, { stt: names(order.stt), llm: names(order.llm), tts: names(order.tts) });
}

function recordingSetting({ recording, recordingConsent }: AgentDefinition): CallSettings['recording'] {
  if (recording === 'off') return 'none';
  return recordingConsent === 'ask' ? 'afterConsent' : 'unasked';
}

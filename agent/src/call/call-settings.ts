import type { AgentDefinition } from '@parley/contracts/agent-definition';
import type { CallSettings } from '@parley/engine/call/settings';
import { consentLines } from '@parley/engine/turn/phrases/consent-lines';
import type { AssignedCall } from '../worker/contract.ts';
import { CallError } from './call-error.ts';
import type { CallStages } from './stages.ts';

/** What the reducer starts from, of the agent and its stages. Throws CallError `unsupported_settings`. */
export function callSettings(
  call: AssignedCall,
  definition: AgentDefinition,
  stages: CallStages,
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

function recordingSetting({ recording, recordingConsent }: AgentDefinition): CallSettings['recording'] {
  if (recording === 'off') return 'none';
  return recordingConsent === 'ask' ? 'afterConsent' : 'unasked';
}

import type { ModelUsage } from '@parley/contracts/call-record';
import { clockWords } from '../records/call-words.ts';

/** US dollars, down to a hundredth of a cent; less than that is no nothing. */
export function costWords(costUsd: number): string {
  if (costUsd > 0 && costUsd < 0.0001) return 'less than $0.0001';
  return costUsd.toLocaleString(undefined, { style: 'currency', currency: 'USD', maximumFractionDigits: 4 });
}

/** What a model counted, as a person reads it. */
export function countWords(counted: ModelUsage): string {
  const { audioMs, characters, inputTokens, cachedInputTokens, outputTokens } = counted;
  const parts = [
    audioMs === null ? '' : `${clockWords(audioMs)} of sound`,
    inputTokens === null ? '' : `${inputTokens.toLocaleString()} tokens in`,
    cachedInputTokens ? `${cachedInputTokens.toLocaleString()} of them cached` : '',
    outputTokens === null ? '' : `${outputTokens.toLocaleString()} tokens out`,
    characters === null ? '' : `${characters.toLocaleString()} characters`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'Not counted' : parts.join(', ');
}

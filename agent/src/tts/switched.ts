import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import type { ProviderHealth } from '../runtime/provider-health.ts';
import { type Candidate, createProviderOrder, type Order, type Switched } from '../runtime/provider-order.ts';
import { warmUp } from '../runtime/provider-warm-up.ts';
import type { Tts } from './contract.ts';
import { createOpenReplies } from './reply.ts';
import { speakInTurn } from './switched-reply.ts';

/** The voices of one call behind one. */
export interface SwitchedTts extends Tts {
  /**
   * This provider speaks from the next sentence on, in the reply that sounds too. Throws ProviderError `bad_request` for one
   * that the call does not have.
   */
  use(provider: string, cause: 'asked' | 'rule'): void;
}

export interface TtsCandidate extends Candidate<Tts> {
  /** The voice that it speaks with in this call: one of its own. */
  readonly voice: string;
}

/**
 * A voice that fails in mid-reply is followed by the next, which goes on after the last word whose sound was given whole.
 * Sound comes at the rate of whoever speaks, each block with its own. Where all fail, the iteration throws the last
 * ProviderError with what each said. A reply may be opened with the voice of any candidate; who speaks takes its own.
 * Closing it ends the replies and leaves the providers to their owner.
 */
export function createSwitchedTts(options: {
  /** The first is asked first. */
  readonly order: Order<TtsCandidate>;
  readonly health: ProviderHealth;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onSwitched: (switched: Switched) => void;
}): SwitchedTts {
  const { clock, log } = options;
  const order = createProviderOrder({ ...options, stage: 'tts' });
  const replies = createOpenReplies({ provider: order.current.stage.provider });

  /** The voice of the call, whoever speaks; anything else would be a mistake of who opens the reply. */
  const speakerOf = (voice: string): TtsCandidate => {
    const speaker = [order.current, ...options.order].find((candidate) => candidate.voice === voice);
    if (speaker !== undefined) return speaker;
    const known = options.order.map((candidate) => candidate.voice).join(', ');
    const message = `no provider of the call has the voice "${voice}"; there is: ${known}`;
    throw new ProviderError('bad_request', message, {
      provider: order.current.stage.provider,
      retryable: false,
    });
  };

  return {
    get provider() {
      return order.current.stage.provider;
    },
    get model() {
      return order.current.stage.model;
    },
    get voices() {
      return [...new Set(order.toAsk().map(({ voice }) => voice))];
    },
    sampleRateHz(voice) {
      const speaker = speakerOf(voice);
      return speaker.stage.sampleRateHz(speaker.voice);
    },
    use: order.use,
    warm: () => warmUp({ order, clock, log }),
    open({ voice, language, signal }) {
      speakerOf(voice);
      return replies.open({
        signal,
        speak: (segments, ending) => speakInTurn({ segments, order, language, clock, log, signal: ending }),
      });
    },
    async close() {
      replies.close();
    },
  };
}

import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import { ProviderError } from '../../runtime/provider-error.ts';
import type { Grammar } from './grammar.ts';
import type { RecogniserAnswer, RecogniserRequest } from './messages.ts';
import { createRecogniserThread, PROVIDER } from './recogniser-thread.ts';
import type { Recognition } from './verdict.ts';

/**
 * Understands utterances, one after the other, in one thread a process whatever the number of ears: an utterance is
 * taken as a whole, so an ear costs no memory beyond its own sound, and no caller's voice colours another's.
 */
export interface Recogniser {
  /** Loads the models and learns the grammar. Rejects with ProviderError `bad_request` for a word without a sound. */
  prepare(grammar: Grammar): Promise<void>;
  /**
   * What the grammar makes of the sound (16 kHz); null where `signal` aborted before its turn came. Takes 10 to
   * 17 % of the sound's length. Rejects with ProviderError.
   */
  understand(grammar: Grammar, samples: Int16Array, signal: AbortSignal): Promise<Recognition | null>;
  /** Frees what was learnt for the grammar. */
  release(grammar: Grammar): Promise<void>;
  /** Ends the thread; what is asked after that is refused. Safe to call twice. */
  close(): Promise<void>;
}

export function createRecogniser(options: {
  /** ARPAbet phones of a word that the dictionary lacks; none for what has no sound. */
  readonly pronounce: (word: string) => Promise<readonly string[]>;
  readonly clock: Clock;
  readonly log: Logger;
}): Recogniser {
  /** Names of the grammars that the thread has learnt. */
  const learnt = new Map<Grammar, string>();
  let lastName = 0;
  const thread = createRecogniserThread({ ...options, onLost: () => learnt.clear() });

  let lastTurn: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = lastTurn.then(work);
    lastTurn = result.catch(() => {
      // Whoever asked is told; the next in turn is not concerned.
    });
    return result;
  };

  const ask = async <Type extends RecogniserAnswer['type']>(request: RecogniserRequest, expected: Type) => {
    const answer = await thread.ask(request);
    if (answer.type !== expected) throw new Error(`"${request.type}" was answered by "${answer.type}"`);
    return answer as Extract<RecogniserAnswer, { readonly type: Type }>;
  };

  const nameOf = async (grammar: Grammar): Promise<string> => {
    const known = learnt.get(grammar);
    if (known !== undefined) return known;
    const { words } = await ask({ type: 'findMissing', words: grammar.words }, 'missing');
    const pronunciations = new Map(await Promise.all(words.map(pronunciationOf)));
    lastName += 1;
    const name = `grammar ${lastName}`;
    await ask({ type: 'learn', name, grammar, pronunciations }, 'learnt');
    learnt.set(grammar, name);
    return name;
  };

  const pronunciationOf = async (word: string): Promise<[string, readonly string[]]> => {
    const phones = await options.pronounce(word);
    if (phones.length > 0) return [word, [phones.join(' ')]];
    const message = `the script's word "${word}" has no sound; write it as it is spoken`;
    throw new ProviderError('bad_request', message, { provider: PROVIDER, retryable: false });
  };

  return {
    prepare: (grammar) => inTurn(async () => void (await nameOf(grammar))),
    understand: (grammar, samples, signal) =>
      inTurn(async () => {
        if (signal.aborted) return null;
        const name = await nameOf(grammar);
        return (await ask({ type: 'understand', name, samples }, 'understood')).recognition;
      }),
    release: (grammar) =>
      inTurn(async () => {
        const name = learnt.get(grammar);
        if (name === undefined) return;
        learnt.delete(grammar);
        await ask({ type: 'forget', name }, 'forgotten');
      }),
    close: () => thread.close(),
  };
}

import type { Grammar } from './grammar.ts';
import type { Recognition } from './verdict.ts';

/** What a recogniser's thread is asked; one request at a time. */
export type RecogniserRequest =
  /** Which of these words the dictionary lacks. */
  | { readonly type: 'findMissing'; readonly words: readonly string[] }
  | {
      readonly type: 'learn';
      readonly name: string;
      readonly grammar: Grammar;
      /** Phones of the words that the dictionary lacks, apart by spaces. */
      readonly pronunciations: ReadonlyMap<string, readonly string[]>;
    }
  | { readonly type: 'forget'; readonly name: string }
  | { readonly type: 'understand'; readonly name: string; readonly samples: Int16Array };

export type RecogniserAnswer =
  | { readonly type: 'missing'; readonly words: readonly string[] }
  | { readonly type: 'learnt' }
  | { readonly type: 'forgotten' }
  | { readonly type: 'understood'; readonly recognition: Recognition }
  /** The request was at fault; the thread goes on. */
  | { readonly type: 'refused'; readonly message: string };

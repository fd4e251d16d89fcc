import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Clock } from './clock.ts';

/** Something that fulfils a stage: an agent file names it, and it is made once an agent and process. */
export interface Provider<Stage> {
  /** As agent files name it, for example `deepgram`. */
  readonly name: string;
  /** The vendor as people write it. */
  readonly title: string;
  /** Environment variable of its key; null where it needs none. */
  readonly key: string | null;
  /** Where it is reached, and the variable that says otherwise; null for what runs in this process. */
  readonly baseUrl: { readonly variable: string; readonly usual: string } | null;
  /** The default first. Others of the vendor pass through by their names. */
  readonly models: readonly ProviderModel[];
  /** Voices by the names that people use, the default first; only speech has them. */
  readonly voices?: readonly ProviderVoice[];
  /** What an agent file may say under `settings`: strict, each with its default. */
  readonly settings: z.ZodObject;
  /** Throws ProviderError `bad_request` where the settings are not what `settings` allows. */
  create(given: ProviderGiven): Stage;
}

export interface ProviderModel {
  readonly name: string;
  /** What to take instead of a model that its vendor has withdrawn. It stays selectable, with a warning. */
  readonly withdrawnFor?: string;
  /** What who picks it should know, as a sentence: that it is slow, for instance. */
  readonly note?: string;
  /** How long its first token may take where that is longer than others', in ms: it thinks, or is loaded first. */
  readonly firstTokenMs?: number;
}

export interface ProviderVoice {
  readonly name: string;
  /** As the vendor's wire has it; the name where absent. */
  readonly id?: string;
}

/** With what a provider is made. */
export interface ProviderGiven {
  readonly model: string;
  /** As the agent file has them, unchecked. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Empty where it needs none. Never logged, and never part of an error. */
  readonly apiKey: string;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly log: Logger;
}

import type { SimulatorOptions } from './start-simulators.ts';

/** What a process of simulators is started with, as JSON. */
export type SimulatorsTask = Pick<SimulatorOptions, 'port' | 'delays' | 'sound' | 'seed'> & {
  readonly script?: {
    readonly heard?: readonly string[];
    /** Said to whatever is asked but a goodbye. */
    readonly answer?: string;
  };
};

/** What it tells, once. */
export type FromSimulators =
  | { readonly kind: 'ready'; readonly baseUrls: Readonly<Record<string, string>> }
  | { readonly kind: 'failed'; readonly message: string };

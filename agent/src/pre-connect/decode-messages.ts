import type { PreConnectErrorCode } from './contract.ts';

/** The one message of a decoding thread. */
export type DecodeAnswer =
  | { readonly kind: 'decoded'; readonly samples: Int16Array }
  | { readonly kind: 'refused'; readonly code: PreConnectErrorCode; readonly message: string };

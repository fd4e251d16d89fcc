import type { OutgoingFault } from './faults.ts';

/** What becomes of one message that a vendor sends. */
export type Passage =
  | { readonly kind: 'send' }
  /** The connection goes on, and this message is not part of it. */
  | { readonly kind: 'swallow' }
  | { readonly kind: 'half' }
  | { readonly kind: 'drip' }
  | { readonly kind: 'end' }
  | { readonly kind: 'destroy' }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string };

/** The messages of one answer or socket, met by at most one fault at a time. */
export interface Outgoing {
  /** What to do with the next message. */
  next(): Passage;
  /** What to do now with an answer that ends: a fault that waits for more messages than there were meets its end. */
  atEnd(): Passage;
}

export function createOutgoing(options: {
  /** The fault that was taken with the request, if any. */
  readonly fault: OutgoingFault | undefined;
  /** Takes one that was armed since; asked before each message. */
  readonly takeFault: () => OutgoingFault | undefined;
  readonly onMet: (fault: OutgoingFault) => void;
}): Outgoing {
  const { takeFault, onMet } = options;
  let fault = options.fault;
  let passed = 0;
  let isMet = false;

  const meet = (met: OutgoingFault): Passage => {
    if (!isMet) onMet(met);
    isMet = true;
    switch (met.kind) {
      case 'hang':
        return { kind: 'swallow' };
      case 'drip':
        return { kind: 'drip' };
      case 'truncate':
        return { kind: 'end' };
      case 'cut':
        return { kind: 'destroy' };
      case 'close':
        return { kind: 'close', code: met.code, reason: met.reason };
      case 'wrongJson':
        fault = undefined;
        isMet = false;
        passed = 0;
        return { kind: 'half' };
    }
  };

  return {
    next() {
      if (fault === undefined) {
        fault = takeFault();
        passed = 0;
      }
      if (fault === undefined) return { kind: 'send' };
      if (passed < (fault.afterMessages ?? 0)) {
        passed += 1;
        return { kind: 'send' };
      }
      return meet(fault);
    },
    atEnd: () => (fault === undefined || fault.kind === 'wrongJson' ? { kind: 'send' } : meet(fault)),
  };
}

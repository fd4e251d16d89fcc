import type { SimulatedStage } from './simulated-vendor.ts';

/** What a simulated vendor can be told to do wrong. */
export type Fault =
  /** Refuses a request or a handshake, in the vendor's words unless a body is given. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Takes the connection and answers nothing: no status, no handshake. */
  | { readonly kind: 'noAnswer' }
  /** Begins the answer, or opens the socket, and says nothing more. */
  | ({ readonly kind: 'hang' } & AfterMessages)
  /** Goes on at one byte a second. */
  | ({ readonly kind: 'drip' } & AfterMessages)
  /** Ends the answer in good order where it is not whole: the end of a body, or a close with 1000. */
  | ({ readonly kind: 'truncate' } & AfterMessages)
  /** Sends the first half of the next message as if it were whole. */
  | ({ readonly kind: 'wrongJson' } & AfterMessages)
  /** Destroys the connection: no end of the body, no close frame. */
  | ({ readonly kind: 'cut' } & AfterMessages)
  /** Closes a websocket with a code and reason; an HTTP answer is cut. */
  | ({ readonly kind: 'close'; readonly code: number; readonly reason: string } & AfterMessages)
  /** Every time that the vendor tells, its Date header too, is off by so much. */
  | { readonly kind: 'clockSkew'; readonly skewMs: number }
  /** Something that only this vendor does; its routes say which names they know. */
  | { readonly kind: 'quirk'; readonly name: string };

interface AfterMessages {
  /**
   * How many messages go out as usual first: events of a stream, frames of a socket. Default 0. On a socket that was open
   * when the fault was armed they are counted from then on.
   */
  readonly afterMessages?: number;
}

/** A fault that is met by sending. */
export type OutgoingFault = Extract<Fault, { readonly afterMessages?: number }>;

/** Faults that wait for their request, message or socket. */
export interface ArmedFaults {
  /** Takes the first that waits for this vendor and stage and fits; each holds as often as it was armed for. */
  take<F extends Fault>(
    vendor: string,
    stage: SimulatedStage,
    fits: (fault: Fault) => fault is F,
  ): F | undefined;
  /** Meets the next request or socket of the stage, and the next `times` of them; an open socket at its next message. */
  arm(vendor: string, stage: SimulatedStage, fault: Fault, times?: number): void;
  /** Takes back what waits. */
  disarm(): void;
}

export function createArmedFaults({ vendors }: { readonly vendors: readonly string[] }): ArmedFaults {
  let waiting: { vendor: string; stage: SimulatedStage; fault: Fault; times: number }[] = [];
  return {
    take(vendor, stage, fits) {
      for (const entry of waiting) {
        if (entry.vendor !== vendor || entry.stage !== stage || !fits(entry.fault)) continue;
        entry.times -= 1;
        if (entry.times === 0) waiting = waiting.filter((other) => other !== entry);
        return entry.fault;
      }
      return undefined;
    },
    arm(vendor, stage, fault, times = 1) {
      if (!vendors.includes(vendor))
        throw new Error(`no vendor "${vendor}" is simulated; there are: ${vendors.join(', ')}`);
      if (!Number.isInteger(times) || times < 1)
        throw new RangeError(`a fault is armed 1 time or more, not ${times}`);
      waiting.push({ vendor, stage, fault, times });
    },
    disarm() {
      waiting = [];
    },
  };
}

/** A fault of this kind. */
export const isFault =
  <K extends Fault['kind']>(kind: K) =>
  (fault: Fault): fault is Extract<Fault, { readonly kind: K }> =>
    fault.kind === kind;

export const isOutgoingFault = (fault: Fault): fault is OutgoingFault => {
  switch (fault.kind) {
    case 'hang':
    case 'drip':
    case 'truncate':
    case 'wrongJson':
    case 'cut':
    case 'close':
      return true;
    case 'status':
    case 'noAnswer':
    case 'clockSkew':
    case 'quirk':
      return false;
  }
};

import { type ArmedFaults, type Fault, isFault, isOutgoingFault } from './faults.ts';
import { createOutgoing, type Outgoing } from './outgoing.ts';
import type { Refusal, SimulatedRequest, SimulatedRoute, SimulatedVendor } from './simulated-vendor.ts';
import type { ExchangeLog } from './simulator-log.ts';

/** How a request or handshake begins, by the faults that wait for it. */
export type ExchangeStart =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'ignored' }
  | ({ readonly kind: 'taken' } & TakenExchange);

/** The faults that an exchange meets on its way. */
export interface TakenExchange {
  readonly skewMs: number;
  readonly outgoing: Outgoing;
  takeQuirk(name: string): boolean;
}

export function startExchange(given: {
  readonly vendor: SimulatedVendor;
  readonly route: SimulatedRoute;
  readonly request: SimulatedRequest;
  readonly faults: ArmedFaults;
  readonly log: ExchangeLog;
}): ExchangeStart {
  const { vendor, route, request, faults, log } = given;
  const take = <F extends Fault>(fits: (fault: Fault) => fault is F) =>
    faults.take(vendor.name, route.stage, fits);

  if (take(isFault('noAnswer')) !== undefined) {
    log.add({ kind: 'fault', fault: 'noAnswer' });
    return { kind: 'ignored' };
  }
  const status = take(isFault('status'));
  if (status !== undefined) {
    log.add({ kind: 'fault', fault: `status ${status.status}` });
    const usual = vendor.refuse(status.status);
    const headers = { ...usual.headers, ...status.headers };
    return {
      kind: 'refused',
      refusal: { status: status.status, headers, body: status.body ?? usual.body },
    };
  }
  if (!vendor.isAuthorised(request)) return { kind: 'refused', refusal: vendor.refuse(401) };

  const skew = take(isFault('clockSkew'));
  if (skew !== undefined) log.add({ kind: 'fault', fault: 'clockSkew' });
  return {
    kind: 'taken',
    skewMs: skew?.skewMs ?? 0,
    outgoing: createOutgoing({
      fault: take(isOutgoingFault),
      takeFault: () => take(isOutgoingFault),
      onMet: (fault) => log.add({ kind: 'fault', fault: fault.kind }),
    }),
    takeQuirk: (name) =>
      take(
        (fault): fault is Extract<Fault, { kind: 'quirk' }> => isFault('quirk')(fault) && fault.name === name,
      ) !== undefined,
  };
}

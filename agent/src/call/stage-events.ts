import type { Switched } from '../runtime/provider-order.ts';
import type { Stt } from '../stt/contract.ts';
import type { NewCallEvent } from './call-driver.ts';
import { idOf } from './choose-providers.ts';

/** Another provider has taken a stage, as the reducer hears it; of a recogniser, with what it gives. */
export function callEventOfSwitch({ stage, from, to, cause, code }: Switched, stt: Stt): NewCallEvent {
  const data = { stage, from: idOf(from), to: idOf(to), cause, code };
  if (stage !== 'stt') return { type: 'providerSwitched', data };
  const { givesInterims, finalizeAfterSilenceMs, mayGoDeaf } = stt.capabilities;
  const hearing = { givesInterims, finalizeAfterSilenceMs, reopensDeafStt: mayGoDeaf };
  return { type: 'providerSwitched', data: { ...data, hearing } };
}

import type { Clock } from '../runtime/clock.ts';
import type { KeptValues } from '../runtime/kept-values.ts';
import {
  type AudioDevice,
  chooseDevice,
  type DeviceChoice,
  listDevices,
  rememberedChoice,
} from './device-choice.ts';
import { fieldsOf, textOf } from './json-fields.ts';

export type DeviceSide = 'microphone' | 'speaker';

export interface DevicesView {
  readonly microphone: DeviceChoice;
  /** Null where the browser leaves the choice to the system. */
  readonly speaker: DeviceChoice | null;
}

/** Which microphone and loudspeaker are used; remembered, and followed as they come and go. */
export interface DeviceDesk {
  /** Tells `listener` of each change of the view, and of each device that came or went. Returns its end. */
  subscribe(listener: () => void): () => void;
  view(): DevicesView;
  /** Looks again: names are told once the microphone is allowed. */
  refresh(): void;
  /** `id` null is the system's default. */
  choose(side: DeviceSide, id: string | null): void;
}

/** How long good news about a device stands, in ms. */
const NEWS_MS = 8_000;

const KINDS = { microphone: 'audioinput', speaker: 'audiooutput' } as const;

export function createDeviceDesk({
  media,
  agentSpeaker,
  kept,
  clock,
}: {
  /** Undefined on an insecure origin. */
  readonly media: MediaDevices | undefined;
  readonly agentSpeaker: HTMLAudioElement;
  readonly kept: KeptValues;
  readonly clock: Clock;
}): DeviceDesk {
  const listeners = new Set<() => void>();
  const canChooseSpeaker = media !== undefined && 'setSinkId' in agentSpeaker;
  let current: DevicesView = {
    microphone: rememberedChoice(readKept(kept.get('microphone'))),
    speaker: canChooseSpeaker ? rememberedChoice(readKept(kept.get('speaker'))) : null,
  };
  let listing = 0;
  let forgetNews = () => {};

  const show = (next: DevicesView) => {
    const hasSpeakerChanged = next.speaker?.inUse?.id !== current.speaker?.inUse?.id;
    current = next;
    if (hasSpeakerChanged) routeSound(agentSpeaker, next.speaker?.inUse ?? null);
    for (const listener of listeners) listener();
    if (next.microphone.news?.kind !== 'back' && next.speaker?.news?.kind !== 'back') return;
    forgetNews();
    forgetNews = clock.at(clock.nowMs() + NEWS_MS, () => show(withoutGoodNews(current)));
  };

  const refresh = async () => {
    if (!media) return;
    listing += 1;
    const own = listing;
    let found: readonly MediaDeviceInfo[];
    try {
      found = await media.enumerateDevices();
    } catch {
      // Forbidden by the page around an embedded call: the system's defaults serve.
      return;
    }
    // A later look has overtaken this one.
    if (own !== listing) return;
    const ofSide = (side: DeviceSide): AudioDevice[] =>
      found
        .filter(({ kind }) => kind === KINDS[side])
        .map(({ deviceId, label }) => ({ id: deviceId, label }));
    show({
      microphone: listDevices(current.microphone, ofSide('microphone')),
      speaker: current.speaker && listDevices(current.speaker, ofSide('speaker')),
    });
  };

  media?.addEventListener('devicechange', () => void refresh());
  if (current.speaker?.inUse) routeSound(agentSpeaker, current.speaker.inUse);
  void refresh();

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    view: () => current,
    refresh: () => void refresh(),
    choose(side, id) {
      const before = current[side];
      if (!before) return;
      const after = chooseDevice(before, id);
      kept.set(side, after.wanted && JSON.stringify(after.wanted));
      show({ ...current, [side]: after });
    },
  };
}

function routeSound(agentSpeaker: HTMLAudioElement, device: AudioDevice | null): void {
  // A loudspeaker that is gone or not allowed leaves the sound where it was.
  agentSpeaker.setSinkId(device?.id ?? '').catch(() => undefined);
}

function withoutGoodNews({ microphone, speaker }: DevicesView): DevicesView {
  const without = (choice: DeviceChoice): DeviceChoice =>
    choice.news?.kind === 'back' ? { ...choice, news: null } : choice;
  return { microphone: without(microphone), speaker: speaker && without(speaker) };
}

function readKept(text: string | null): AudioDevice | null {
  try {
    const { id, label } = fieldsOf(JSON.parse(text ?? 'null'));
    const device = { id: textOf(id) ?? '', label: textOf(label) ?? '' };
    return device.id ? device : null;
  } catch {
    // Not what this page wrote: nothing is remembered.
    return null;
  }
}

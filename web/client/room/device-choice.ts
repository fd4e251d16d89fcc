/** A microphone or loudspeaker as the browser names it. */
export interface AudioDevice {
  readonly id: string;
  readonly label: string;
}

/** The devices of one kind, and which of them is used. Null stands for the system's default. */
export interface DeviceChoice {
  /** Empty until the browser tells names, which it does once the microphone is allowed. */
  readonly available: readonly AudioDevice[];
  /** What the person chose last. */
  readonly wanted: AudioDevice | null;
  readonly inUse: AudioDevice | null;
  /** What became of the wanted device, for a person to read; null where nothing did. */
  readonly news: DeviceNews | null;
}

export type DeviceNews =
  | { readonly kind: 'gone'; readonly label: string }
  | { readonly kind: 'back'; readonly label: string };

/** The choice before the browser has told what is there. */
export function rememberedChoice(wanted: AudioDevice | null): DeviceChoice {
  return { available: [], wanted, inUse: wanted, news: null };
}

/** Not devices, but names that Chromium gives to whichever device the system has chosen. */
const ALIASES = ['default', 'communications'];

/** Takes in what is plugged in now: a wanted device that is gone gives way to the default one, and returns. */
export function listDevices(before: DeviceChoice, listed: readonly AudioDevice[]): DeviceChoice {
  // Before the microphone is allowed devices are told without their names, or not at all.
  if (listed.some(({ label }) => label === '')) return { ...before, available: [] };
  const available = listed.filter(({ id }) => id !== '' && !ALIASES.includes(id));
  const { wanted } = before;
  if (wanted === null) return { ...before, available, inUse: null, news: null };
  const inUse = findDevice(available, wanted);
  return { available, wanted, inUse, news: deviceNews(before, wanted, inUse) };
}

/** The person chooses; an id that is not there is the system's default. */
export function chooseDevice(before: DeviceChoice, id: string | null): DeviceChoice {
  const wanted = before.available.find((device) => device.id === id) ?? null;
  return { available: before.available, wanted, inUse: wanted, news: null };
}

/** By id, or by name: ids change when a browser forgets its permissions. */
function findDevice(available: readonly AudioDevice[], wanted: AudioDevice): AudioDevice | null {
  return (
    available.find(({ id }) => id === wanted.id) ??
    available.find(({ label }) => label === wanted.label) ??
    null
  );
}

function deviceNews(before: DeviceChoice, wanted: AudioDevice, inUse: AudioDevice | null): DeviceNews | null {
  if (inUse === null) return { kind: 'gone', label: wanted.label };
  if (before.inUse === null) return { kind: 'back', label: inUse.label };
  return before.news?.kind === 'back' ? before.news : null;
}

/** One sound of speech with its place in time. Pauses are not phones; they stand between them. */
export interface TimedPhone {
  /** In Flite's ARPAbet: lower case, without stress. */
  readonly phone: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly isAfterPause: boolean;
}

const PAUSE = 'pau';

/** Reads what `-psdur` prints: `pau:0.164 hh:0.233 ...`, each phone with the second at which it ends. */
export function parseTimedPhones(printed: string): readonly TimedPhone[] {
  const phones: TimedPhone[] = [];
  let startMs = 0;
  let isAfterPause = false;
  for (const [, phone, endSeconds] of printed.matchAll(/([a-z]+):([\d.]+)/g)) {
    const endMs = Number(endSeconds) * 1000;
    if (phone === undefined || !(endMs >= startMs)) continue;
    if (phone !== PAUSE) phones.push({ phone, startMs, endMs, isAfterPause });
    isAfterPause = phone === PAUSE;
    startMs = endMs;
  }
  return phones;
}

/** Reads what `-ps` prints: the phones between pauses, a list for each stretch. */
export function parsePhoneGroups(printed: string): readonly (readonly string[])[] {
  return printed
    .split(/\bpau\b/)
    .map((stretch) => stretch.split(/\s+/).filter((phone) => phone !== ''))
    .filter((group) => group.length > 0);
}

/** Flite's name of a phone in the 39 of the CMU pronouncing dictionary. */
export function toCmuPhone(phone: string): string {
  return phone === 'ax' ? 'AH' : phone.toUpperCase();
}

const VOWELS = new Set('aa ae ah ao aw ax ay eh er ey ih iy ow oy uh uw'.split(' '));
const SIMILAR = new Set([
  's z',
  'z s',
  't d',
  'd t',
  'dh th',
  'th dh',
  'ax ah',
  'ah ax',
  'ax ih',
  'ih ax',
  'n ng',
]);

/** How unlike two phones are: 0 for the same, above 1 for those that are hardly taken for each other. */
export function phoneDistance(a: string, b: string): number {
  if (a === b) return 0;
  if (SIMILAR.has(`${a} ${b}`)) return 0.3;
  const vowels = Number(VOWELS.has(a)) + Number(VOWELS.has(b));
  return vowels === 2 ? 0.6 : vowels === 0 ? 1 : 1.8;
}

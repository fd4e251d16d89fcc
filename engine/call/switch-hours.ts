import type { SwitchRule } from '@parley/contracts/provider-choice';

/** The rules that may hold in a call that begins then: those without hours, and those in whose hours it begins. */
export function rulesAt(rules: readonly SwitchRule[], startedAtEpochMs: number): readonly SwitchRule[] {
  return rules.filter(({ when: { startsBetween } }) => {
    if (startsBetween === undefined) return true;
    const { from, to, timeZone } = startsBetween;
    const minute = minuteAt(startedAtEpochMs, timeZone);
    const [first, over] = [minuteOf(from), minuteOf(to)];
    return first <= over ? minute >= first && minute < over : minute >= first || minute < over;
  });
}

/** Minutes since midnight on the clocks of a time zone. */
function minuteAt(epochMs: number, timeZone: string): number {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return minuteOf(clock.format(epochMs));
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

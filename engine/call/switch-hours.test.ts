import { switchRuleSchema } from '@parley/contracts/provider-choice';
import { describe, expect, it } from 'vitest';
import { rulesAt } from './switch-hours.ts';

const rule = (from: string, to: string, timeZone = 'UTC') =>
  switchRuleSchema.parse({ when: { startsBetween: { from, to, timeZone } }, llm: 'google' });
/** 2026-07-01, when Paris is two hours ahead of UTC. */
const at = (time: string) => Date.parse(`2026-07-01T${time}:00Z`);

describe('rules by the hour', () => {
  it.each([
    ['09:00', '17:00', '08:59', false],
    ['09:00', '17:00', '09:00', true],
    ['09:00', '17:00', '17:00', false],
    ['22:00', '06:00', '23:30', true],
    ['22:00', '06:00', '05:59', true],
    ['22:00', '06:00', '06:00', false],
  ])('from %s to %s, a call that begins at %s: %s', (from, to, time, holds) => {
    expect(rulesAt([rule(from, to)], at(time))).toHaveLength(holds ? 1 : 0);
  });

  it('are by the clock of their place', () => {
    expect(rulesAt([rule('09:00', '10:00', 'Europe/Paris')], at('07:30'))).toHaveLength(1);
    expect(rulesAt([rule('09:00', '10:00', 'Europe/Paris')], at('09:30'))).toHaveLength(0);
  });

  it('leave others alone', () => {
    const always = switchRuleSchema.parse({ when: { said: ['english'] }, language: 'en' });
    expect(rulesAt([always], at('12:00'))).toEqual([always]);
  });
});

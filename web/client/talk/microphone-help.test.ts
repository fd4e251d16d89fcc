import { expect, it } from 'vitest';
import type { MicrophoneFault } from '../room/call-state.ts';
import type { BrowserKind } from './browser-kind.ts';
import { microphoneHelp } from './microphone-help.ts';

const FAULTS: MicrophoneFault[] = ['denied', 'dismissed', 'missing', 'inUse', 'insecureOrigin', 'failed'];
const BROWSERS: BrowserKind[] = ['chrome', 'edge', 'firefox', 'safari', 'ios', 'android', 'other'];

it('has a title of its own and something to do for every fault in every browser', () => {
  for (const browser of BROWSERS) {
    const helps = FAULTS.map((fault) => microphoneHelp(fault, browser));
    expect(new Set(helps.map(({ title }) => title)).size).toBe(FAULTS.length);
    for (const { steps } of helps) expect(steps.length).toBeGreaterThan(0);
  }
});

it('sends a person to the settings that their own browser has', () => {
  const stepsIn = (browser: BrowserKind) => microphoneHelp('denied', browser).steps.join(' ');
  expect(new Set(BROWSERS.map(stepsIn)).size).toBe(BROWSERS.length);
  expect(stepsIn('safari')).toContain('Settings for This Website');
  expect(stepsIn('ios')).toContain('Website Settings');
});

it('offers no second try where it could not succeed', () => {
  expect(microphoneHelp('insecureOrigin', 'chrome').canRetry).toBe(false);
});

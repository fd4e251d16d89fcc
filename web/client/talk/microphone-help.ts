import type { MicrophoneFault } from '../room/call-state.ts';
import type { BrowserKind } from './browser-kind.ts';

/** Why the microphone cannot be used, and how to get it back. */
export interface MicrophoneHelp {
  readonly title: string;
  /** What to do, in order. */
  readonly steps: readonly string[];
  /** Whether another try in this page can succeed. */
  readonly canRetry: boolean;
}

/** Help for `fault` as it is met in `browser`. */
export function microphoneHelp(fault: MicrophoneFault, browser: BrowserKind): MicrophoneHelp {
  switch (fault) {
    case 'denied':
      return { title: 'The microphone is blocked', steps: UNBLOCK[browser], canRetry: true };
    case 'dismissed':
      return {
        title: 'The microphone was not allowed yet',
        steps: ['Press the button below.', ALLOW[browser]],
        canRetry: true,
      };
    case 'missing':
      return {
        title: 'No microphone was found',
        steps: [
          'Plug in a microphone or headset, or switch it on.',
          isPhone(browser)
            ? 'See that no other app holds it.'
            : 'See that it is switched on in your system’s sound settings.',
        ],
        canRetry: true,
      };
    case 'inUse':
      return {
        title: 'The microphone is in use',
        steps: [
          isPhone(browser)
            ? 'End a phone call, or close the app that is recording.'
            : 'Close the program or browser tab that holds it, for example a video call.',
        ],
        canRetry: true,
      };
    case 'insecureOrigin':
      return {
        title: 'This address may not use the microphone',
        steps: [
          'Browsers give the microphone only to pages on https, or on localhost.',
          'Open this page by such an address.',
        ],
        canRetry: false,
      };
    case 'failed':
      return {
        title: 'The microphone does not work',
        steps: [
          isPhone(browser)
            ? 'Unplug a headset and plug it in again.'
            : 'Check the microphone in your system’s sound settings.',
          'If that does not help, restart the browser.',
        ],
        canRetry: true,
      };
  }
}

const isPhone = (browser: BrowserKind) => browser === 'ios' || browser === 'android';

/** Where each browser undoes a refusal. Source: each vendor's own help pages, November 2026. */
const UNBLOCK: Record<BrowserKind, readonly string[]> = {
  chrome: [
    'Press the icon to the left of the address.',
    'Switch “Microphone” on.',
    'If there is no such switch, allow the browser the microphone in your system’s privacy settings.',
  ],
  edge: [
    'Press the lock to the left of the address.',
    'Under “Permissions for this site”, set “Microphone” to “Allow”.',
    'If it is allowed there, allow Edge the microphone in your system’s privacy settings.',
  ],
  firefox: [
    'Press the crossed-out microphone, or the lock, to the left of the address.',
    'Remove “Blocked” beside “Use the microphone”.',
    'Press the button below, and choose “Allow”.',
  ],
  safari: [
    'In the menu bar, choose Safari, then “Settings for This Website”.',
    'Set “Microphone” to “Allow”.',
    'If it is allowed there, see System Settings, “Privacy & Security”, “Microphone”.',
  ],
  ios: [
    'Press the page menu in the address bar, then “Website Settings”.',
    'Set “Microphone” to “Allow”.',
    'If it is allowed there, see the Settings app: your browser, then “Microphone”.',
  ],
  android: [
    'Press the icon to the left of the address, then “Permissions”.',
    'Switch “Microphone” on.',
    'If it is on, see Android’s settings: Apps, your browser, “Permissions”.',
  ],
  other: ['Open the settings of this site in your browser.', 'Allow the microphone.'],
};

const CHOOSE_ALLOW = 'When your browser asks, choose “Allow”.';
const ALLOW: Record<BrowserKind, string> = {
  chrome: 'When your browser asks, choose “Allow while visiting the site”.',
  edge: CHOOSE_ALLOW,
  firefox: 'When your browser asks, choose “Allow”. Tick “Remember” to be asked only once.',
  safari: CHOOSE_ALLOW,
  ios: CHOOSE_ALLOW,
  android: 'When your browser asks, choose “While visiting the site”.',
  other: CHOOSE_ALLOW,
};

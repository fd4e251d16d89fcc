import type { MicrophoneFault, StartFault } from '../room/call-state.ts';
import type { Words } from './call-words.ts';

/** A fault in words for a person: what is wrong, and what they can do about it. */
export function faultWords(fault: StartFault): Words {
  switch (fault.kind) {
    case 'microphone':
      return microphoneWords(fault.fault);
    case 'serverUnreachable':
      return {
        title: 'The server does not answer',
        detail: 'Check your connection, and that Parley is running, then try again.',
      };
    case 'refused':
      return { title: 'The call was refused', detail: fault.message };
    case 'tooManyCalls':
      return {
        title: 'Too many calls in a short time',
        detail: `Try again in ${fault.retryAfterS === null ? 'a minute' : seconds(fault.retryAfterS)}.`,
      };
    case 'roomUnreachable':
      return {
        title: 'The call could not be connected',
        detail: 'The media server (LiveKit) does not answer. See that it is running, then try again.',
      };
    case 'mediaBlocked':
      return {
        title: 'Sound finds no way through your network',
        detail: 'A firewall or VPN seems to block it. Try another network, or switch the VPN off.',
      };
  }
}

/** Why the microphone cannot be used and how to get it back. */
export function microphoneWords(fault: MicrophoneFault): Words {
  switch (fault) {
    case 'denied':
      return {
        title: 'The microphone is blocked',
        detail: 'Allow it in the site settings, beside the address of this page, then try again.',
      };
    case 'dismissed':
      return {
        title: 'The microphone was not allowed yet',
        detail: 'Try again, and choose “Allow” when your browser asks.',
      };
    case 'missing':
      return { title: 'No microphone was found', detail: 'Plug one in or switch it on, then try again.' };
    case 'inUse':
      return {
        title: 'The microphone is in use',
        detail: 'Another program holds it. Close that program, then try again.',
      };
    case 'insecureOrigin':
      return {
        title: 'This address may not use the microphone',
        detail: 'Browsers allow it only over https, or on localhost. Open this page by such an address.',
      };
    case 'failed':
      return {
        title: 'The microphone does not work',
        detail: 'Check it in your system’s sound settings, then try again.',
      };
  }
}

function seconds(count: number): string {
  return count === 1 ? '1 second' : `${count} seconds`;
}

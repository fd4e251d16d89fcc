import type { StartFault } from '../room/call-state.ts';
import type { Words } from './call-words.ts';

/** A fault in words for a person: what is wrong, and what they can do about it. */
export function faultWords(fault: StartFault): Words {
  switch (fault.kind) {
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

function seconds(count: number): string {
  return count === 1 ? '1 second' : `${count} seconds`;
}

import type { ApiFault } from './api-request.ts';

/** A fault in words for a person: what is wrong, and what they can do about it. */
export function faultWords(fault: Exclude<ApiFault, { kind: 'locked' }>): {
  readonly title: string;
  readonly detail: string;
} {
  switch (fault.kind) {
    case 'missing':
      return {
        title: 'There is no such call',
        detail: 'It was deleted, its time is over, or it is not yours to see.',
      };
    case 'refused':
      return { title: 'The server refused', detail: fault.message };
    case 'unreachable':
      return {
        title: 'The server does not answer',
        detail: 'See that Parley is running, and your connection, then try again.',
      };
    case 'unreadable':
      return {
        title: 'The answer could not be read',
        detail: 'Parley may have been updated under this page. Load the page again.',
      };
  }
}

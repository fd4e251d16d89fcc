import type { MicrophoneFault } from './call-state.ts';

/** Says in the page's own terms why `getUserMedia` failed. */
export function microphoneFault(error: unknown): MicrophoneFault {
  if (!(error instanceof Error)) return 'failed';
  switch (error.name) {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
      // Chromium tells a closed question from a refusal in the text alone.
      return /dismiss/i.test(error.message) ? 'dismissed' : 'denied';
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'DevicesNotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'inUse';
    default:
      return 'failed';
  }
}

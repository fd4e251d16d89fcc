import { microphoneFault } from './microphone-fault.ts';

/** What a microphone is asked for. */
export interface CaptureWish {
  readonly deviceId: ConstrainDOMString;
  readonly echoCancellation: true;
  readonly noiseSuppression: true;
  readonly autoGainControl: true;
}

/**
 * Opens the microphone with that id, or the system's default one where the id is null or its device is gone. Exact, as
 * Chromium passes over a mere wish for an audio device. Rejects as `open` does.
 */
export async function openChosenMicrophone<T>(
  deviceId: string | null,
  open: (wish: CaptureWish) => Promise<T>,
): Promise<T> {
  try {
    return await open(wishFor(deviceId));
  } catch (error) {
    if (deviceId === null || microphoneFault(error) !== 'missing') throw error;
    return open(wishFor(null));
  }
}

/** `default` is a device to Chromium, and no wish at all to the others. */
function wishFor(deviceId: string | null): CaptureWish {
  return {
    deviceId: deviceId === null ? { ideal: 'default' } : { exact: deviceId },
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
  };
}

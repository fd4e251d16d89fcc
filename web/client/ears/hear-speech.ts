import { vadFolder } from 'virtual:vad-files';
import { MicVAD } from '@ricky0123/vad-web';
import type { HearSpeech } from './microphone-ear.ts';

/**
 * Judges the sound of `track` frame by frame, every 32 ms, until closed: loads 6 MB once (the browser keeps them), then
 * takes about 1 ms a frame in the page's own thread. Nothing of the sound is kept or sent. The track stays the caller's.
 * Rejects where the browser lacks what it takes or a file does not come.
 */
export const hearSpeech: HearSpeech = async ({ track, onFrame }) => {
  const stream = new MediaStream([track]);
  const audioContext = new AudioContext();
  const gestures = wakeOnGesture(audioContext);
  const close = async () => {
    gestures.abort();
    await audioContext.close();
  };
  const detector = await openDetector({ stream, audioContext, onFrame }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    async close() {
      try {
        await detector.destroy();
      } finally {
        await close();
      }
    },
  };
};

function openDetector({
  stream,
  audioContext,
  onFrame,
}: {
  readonly stream: MediaStream;
  readonly audioContext: AudioContext;
  readonly onFrame: (probability: number) => void;
}): Promise<MicVAD> {
  return MicVAD.new({
    model: 'v6',
    audioContext,
    baseAssetPath: vadFolder,
    onnxWASMBasePath: vadFolder,
    ortConfig: ({ env }) => {
      env.logLevel = 'error';
      // More threads need shared memory, which needs headers that would shut out pages that embed a call.
      env.wasm.numThreads = 1;
    },
    getStream: async () => stream,
    resumeStream: async () => stream,
    // Its default stops the microphone.
    pauseStream: async () => {},
    onFrameProcessed: ({ isSpeech }) => onFrame(isSpeech),
  });
}

/** In a page that was loaded anew in mid-call, no gesture has let anything run yet: the next one wakes the ears. */
function wakeOnGesture(audioContext: AudioContext): AbortController {
  const over = new AbortController();
  const wake = () => {
    if (audioContext.state === 'suspended') void audioContext.resume();
  };
  for (const gesture of ['pointerup', 'keydown']) {
    document.addEventListener(gesture, wake, { signal: over.signal, capture: true });
  }
  return over;
}

import type { AudioFrame } from '@parley/agent/audio/frame';
import type { Page } from 'playwright-core';

interface SpokenWindow {
  spoken: { context: AudioContext; microphone: MediaStreamAudioDestinationNode };
}

/**
 * Gives a page a microphone that is silent until it is told what to say, so that a test can wait for its turn. To be called
 * before the page is opened. Resolves with what says a speech and resolves with the page's `performance.now()` at its end.
 */
export async function installSpokenMicrophone(page: Page): Promise<(speech: AudioFrame) => Promise<number>> {
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = async () => {
      const context = new AudioContext();
      const microphone = context.createMediaStreamDestination();
      Object.assign(window, { spoken: { context, microphone } });
      return microphone.stream;
    };
  });
  return ({ samples, sampleRateHz }) =>
    page.evaluate(
      async ({ values, rateHz }) => {
        const { context, microphone } = (window as unknown as SpokenWindow).spoken;
        const buffer = context.createBuffer(1, values.length, rateHz);
        buffer.getChannelData(0).set(values.map((value) => value / 32_768));
        const source = context.createBufferSource();
        source.buffer = buffer;
        source.connect(microphone);
        source.start();
        await new Promise((resolve) => {
          source.onended = resolve;
        });
        return performance.now();
      },
      { values: [...samples], rateHz: sampleRateHz },
    );
}

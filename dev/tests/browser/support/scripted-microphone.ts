import type { Page } from 'playwright-core';

/** A page's microphone that is silent until the test has it say its sentence. */
export interface ScriptedMicrophone {
  /** Says the sentence; resolves with the page's `performance.now()` at its first sample. */
  say(): Promise<number>;
}

/**
 * Gives `page` a microphone that says `samples` when told to: Chromium's own from a file says it at times of its
 * choosing. To be called before the page is opened.
 */
export async function scriptMicrophone(
  page: Page,
  { samples, sampleRateHz }: { readonly samples: Int16Array; readonly sampleRateHz: number },
): Promise<ScriptedMicrophone> {
  await page.addInitScript(
    ({ pcm, rateHz }) => {
      const bytes = Uint8Array.from(atob(pcm), (char) => char.charCodeAt(0));
      const sentence = new Int16Array(bytes.buffer);
      let context: AudioContext | null = null;
      let microphone: MediaStreamAudioDestinationNode | null = null;
      navigator.mediaDevices.getUserMedia = async () => {
        context ??= new AudioContext();
        microphone ??= context.createMediaStreamDestination();
        return microphone.stream.clone();
      };
      const say = () => {
        if (!context || !microphone) throw new Error('the page has not opened its microphone');
        const buffer = context.createBuffer(1, sentence.length, rateHz);
        buffer.copyToChannel(
          Float32Array.from(sentence, (sample) => sample / 32_768),
          0,
        );
        const source = context.createBufferSource();
        source.buffer = buffer;
        source.connect(microphone);
        const LEAD_S = 0.05;
        source.start(context.currentTime + LEAD_S);
        return performance.now() + LEAD_S * 1_000;
      };
      Object.assign(window, { sayTheSentence: say });
    },
    {
      pcm: Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64'),
      rateHz: sampleRateHz,
    },
  );
  return {
    say: () => page.evaluate(() => (window as unknown as { sayTheSentence: () => number }).sayTheSentence()),
  };
}

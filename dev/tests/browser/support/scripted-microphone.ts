import type { Page } from 'playwright-core';

/** A page's microphone that is silent until the test has it say a sentence. */
export interface ScriptedMicrophone {
  /** Says a sentence, by default the first; resolves with the page's `performance.now()` at its first sample. */
  say(index?: number): Promise<number>;
}

/**
 * Gives `page` a microphone that says `sentences` when told to: Chromium's own from a file says them at times of its
 * choosing. To be called before the page is opened.
 */
export async function scriptMicrophone(
  page: Page,
  { sentences, sampleRateHz }: { readonly sentences: readonly Int16Array[]; readonly sampleRateHz: number },
): Promise<ScriptedMicrophone> {
  await page.addInitScript(
    ({ pcms, rateHz }) => {
      const sentencesHere = pcms.map((pcm) => {
        const bytes = Uint8Array.from(atob(pcm), (char) => char.charCodeAt(0));
        return new Int16Array(bytes.buffer);
      });
      let context: AudioContext | null = null;
      let microphone: MediaStreamAudioDestinationNode | null = null;
      navigator.mediaDevices.getUserMedia = async () => {
        context ??= new AudioContext();
        microphone ??= context.createMediaStreamDestination();
        return microphone.stream.clone();
      };
      const say = (index: number) => {
        const sentence = sentencesHere[index];
        if (!sentence) throw new Error(`there is no sentence ${index}`);
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
      Object.assign(window, { saySentence: say });
    },
    {
      pcms: sentences.map(({ buffer, byteOffset, byteLength }) =>
        Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
      ),
      rateHz: sampleRateHz,
    },
  );
  return {
    say: (index = 0) =>
      page.evaluate(
        (which) => (window as unknown as { saySentence(which: number): number }).saySentence(which),
        index,
      ),
  };
}

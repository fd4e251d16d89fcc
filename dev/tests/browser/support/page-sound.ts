import type { Frame, Page } from 'playwright-core';

/** How loud the page was, every 20 ms. */
export interface SoundLevel {
  /** The page's `performance.now()`. */
  readonly atMs: number;
  /** Root mean square of the last 20 ms or so, in dB below full scale; -100 for silence. */
  readonly levelDb: number;
}

/** Speech and tones are above it, the noise of an idle line below. */
export const AUDIBLE_DB = -45;

/**
 * Listens through WebAudio to what the page plays, from the first sound of its agent on and through every change of
 * the agent's track. To be called once a page, after a gesture.
 */
export async function tapSound(page: Page | Frame): Promise<{ levels(): Promise<SoundLevel[]> }> {
  await page.evaluate(() => {
    const heard: { atMs: number; levelDb: number }[] = [];
    Object.assign(window, { heardLevels: heard });
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    const samples = new Float32Array(analyser.fftSize);
    let stream: MediaStream | null = null;
    let source: MediaStreamAudioSourceNode | null = null;
    setInterval(() => {
      const element = document.querySelector('audio');
      const playing = element?.srcObject instanceof MediaStream && !element.paused ? element.srcObject : null;
      if (playing !== stream) {
        source?.disconnect();
        stream = playing;
        source = playing ? context.createMediaStreamSource(playing) : null;
        source?.connect(analyser);
      }
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      // WebAudio hears the stream; what comes out of the element is that, turned down.
      const gain = !element || element.muted ? 0 : element.volume;
      heard.push({
        atMs: performance.now(),
        levelDb: playing ? Math.max(-100, 10 * Math.log10(power * gain * gain + 1e-12)) : -100,
      });
    }, 20);
  });
  return {
    levels: () => page.evaluate(() => (window as unknown as { heardLevels: SoundLevel[] }).heardLevels),
  };
}

/** How long the page was audible, in ms. */
export function audibleMs(levels: readonly SoundLevel[]): number {
  return levels.reduce((sum, { atMs, levelDb }, index) => {
    const next = levels[index + 1];
    return next && levelDb > AUDIBLE_DB ? sum + next.atMs - atMs : sum;
  }, 0);
}

/** Tells how loud tracks are, for pictures. */
export interface SoundMeter {
  /** Calls `onLevel` about 16 times a second with the loudness of `track`, 0 for silence to 1 for loud speech. Returns its end. */
  watch(track: MediaStreamTrack, onLevel: (level: number) => void): () => void;
}

const EVERY_MS = 60;
/** Below it nothing is to be seen, at the other the picture is full; in dB below full scale, for speech at a laptop. */
const QUIET_DB = -55;
const LOUD_DB = -18;

/** Makes one audio context for all tracks, at the first of them: browsers allow few, and none before a gesture. */
export function createSoundMeter(): SoundMeter {
  let context: AudioContext | null = null;
  return {
    watch(track, onLevel) {
      context ??= new AudioContext();
      void context.resume();
      const source = context.createMediaStreamSource(new MediaStream([track]));
      const analyser = context.createAnalyser();
      analyser.fftSize = 1024;
      source.connect(analyser);
      const samples = new Float32Array(analyser.fftSize);
      const timer = setInterval(() => {
        analyser.getFloatTimeDomainData(samples);
        onLevel(loudness(samples));
      }, EVERY_MS);
      return () => {
        clearInterval(timer);
        source.disconnect();
      };
    },
  };
}

function loudness(samples: Float32Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const levelDb = 10 * Math.log10(power + 1e-12);
  return Math.min(1, Math.max(0, (levelDb - QUIET_DB) / (LOUD_DB - QUIET_DB)));
}

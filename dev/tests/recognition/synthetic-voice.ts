import { spawnSync } from 'node:child_process';
import { loadFlite } from '@parley/agent/tts/flite/program';
import { parseWave } from '@parley/agent/tts/flite/wave';

/** Speech made by a machine, 16 kHz; never to be called a person's. */
export interface SyntheticVoice {
  readonly name: string;
  say(text: string): Promise<Int16Array>;
}

/** Words a minute that espeak-ng speaks where nothing else is asked for. */
const ESPEAK_WORDS_A_MINUTE = 175;

let flite: ReturnType<typeof loadFlite> | null = null;

/** A voice of Flite. `pace` is the speed of its speech: 1.15 is 15 % faster. */
export function fliteVoice(voice: string, pace = 1): SyntheticVoice {
  return {
    name: pace === 1 ? voice : `${voice} at ${pace}`,
    async say(text) {
      flite ??= loadFlite();
      const stretch = ['--setf', `duration_stretch=${1 / pace}`];
      const { sound } = (await flite).run(['-voice', voice, ...stretch, '-t', text, '-o', 'sound.wav']);
      const wave = sound && parseWave(sound);
      if (!wave) throw new Error(`Flite said nothing for "${text}"`);
      return wave.samples;
    },
  };
}

/** A voice of espeak-ng, from Debian's package; used in tests only and never shipped. */
export function espeakVoice(voice: string, pace = 1): SyntheticVoice {
  return {
    name: pace === 1 ? voice : `${voice} at ${pace}`,
    async say(text) {
      const speed = String(Math.round(ESPEAK_WORDS_A_MINUTE * pace));
      const { stdout } = spawnSync('espeak-ng', ['-v', voice, '-s', speed, '--stdout', text], {
        maxBuffer: 2 ** 24,
      });
      const wave = parseWave(stdout);
      if (wave === null) throw new Error(`espeak-ng said nothing for "${text}"`);
      return resample(wave.samples, wave.sampleRateHz);
    },
  };
}

export function hasEspeak(): boolean {
  return spawnSync('espeak-ng', ['--version']).status === 0;
}

/** To 16 kHz by a windowed sinc: slow, and without aliases. */
function resample(samples: Int16Array, fromHz: number): Int16Array {
  const step = fromHz / 16_000;
  const cutoff = Math.min(1, 1 / step);
  const reach = 16 / cutoff;
  return Int16Array.from({ length: Math.floor(samples.length / step) }, (_, index) => {
    const centre = index * step;
    let sum = 0;
    for (let at = Math.ceil(centre - reach); at <= centre + reach; at++) {
      const distance = at - centre;
      const turn = Math.PI * distance * cutoff;
      const sinc = turn === 0 ? 1 : Math.sin(turn) / turn;
      const hann = 0.5 + 0.5 * Math.cos((Math.PI * distance) / reach);
      sum += (samples[at] ?? 0) * sinc * hann * cutoff;
    }
    return Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  });
}

import type { SimulatedDelays } from './simulation.ts';

/** What stands behind `--simulate`, by the names that it has there. */
const DELAYS = {
  stt: 'sttFinalMs',
  llm: 'llmFirstTokenMs',
  word: 'llmPerWordMs',
  tts: 'ttsFirstAudioMs',
} as const satisfies Readonly<Record<string, keyof SimulatedDelays>>;

/** Reads `stt=50,llm=200,word=15,tts=100`, each in ms and none needed; gives what is wrong with it as text. */
export function parseDelays(text: string): Partial<SimulatedDelays> | string {
  const delays: { -readonly [name in keyof SimulatedDelays]?: number } = {};
  for (const part of text.split(',').filter(Boolean)) {
    const [name = '', value = ''] = part.split('=');
    const delay = Object.entries(DELAYS).find(([known]) => known === name)?.[1];
    if (delay === undefined || !/^\d{1,5}$/.test(value)) {
      return `"${part}" is no delay: there are ${Object.keys(DELAYS).join(', ')}, each with ms from 0 to 99999, such as stt=50,llm=200`;
    }
    delays[delay] = Number(value);
  }
  return delays;
}

import { readFile } from 'node:fs/promises';
import { parseDefinition } from '@parley/agent/definitions/load-definitions';
import { createMonotonicClock } from '@parley/agent/runtime/clock';
import { createRecogniser, type Recogniser } from '@parley/agent/stt/embedded/recogniser';
import { createEmbeddedTts } from '@parley/agent/tts/embedded';
import type { Script } from '@parley/contracts/script';
import { pino } from 'pino';

/** The embedded recogniser with the script of the example receptionist, and all that it is made with. */
export interface EmbeddedEars {
  readonly recogniser: Recogniser;
  readonly script: Script;
  close(): Promise<void>;
}

export const log = pino({ level: 'silent' });

export async function openEmbeddedEars(): Promise<EmbeddedEars> {
  const parsed = parseDefinition(
    await readFile(new URL('../../../examples/receptionist.yaml', import.meta.url), 'utf8'),
  );
  if (parsed.kind === 'faulty') throw new Error(parsed.faults.join('\n'));
  const clock = createMonotonicClock();
  const voice = createEmbeddedTts({ clock, log });
  const recogniser = createRecogniser({ pronounce: voice.pronounce, clock, log });
  return {
    recogniser,
    script: parsed.definition.script,
    async close() {
      await recogniser.close();
      await voice.close();
    },
  };
}

import { fileURLToPath } from 'node:url';
import { faultInWords } from '@parley/agent/definitions/definition-fault';
import { readAgentFile } from '@parley/agent/definitions/read-agent-file';
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
  const clock = createMonotonicClock();
  const file = fileURLToPath(new URL('../../../examples/receptionist.yaml', import.meta.url));
  const read = await readAgentFile('receptionist.yaml', file, { faultsHere: () => [], clock });
  if (read.kind === 'faulty') throw new Error(read.faults.map(faultInWords).join('\n'));
  const { script } = read.agent.definition;
  if (script === undefined) throw new Error('the receptionist has no script');
  const voice = createEmbeddedTts({ clock, log });
  const recogniser = createRecogniser({ pronounce: voice.pronounce, clock, log });
  return {
    recogniser,
    script,
    async close() {
      await recogniser.close();
      await voice.close();
    },
  };
}

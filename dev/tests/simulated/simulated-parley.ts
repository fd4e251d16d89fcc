import { fileURLToPath } from 'node:url';
import type { AudioFrame } from '@parley/agent/audio/frame';
import type { CallDetail } from '@parley/contracts/call-record';
import { afterAll, afterEach, beforeAll, beforeEach, onTestFailed } from 'vitest';
import type { RoomCaller } from '../../callers/room-caller.ts';
import { createSentenceSpeaker } from '../../callers/speak-sentence.ts';
import { type Parley, startParley } from '../../parley/start-parley.ts';
import { simulatedVariables } from '../../simulators/simulated-settings.ts';
import { type Simulators, startSimulators } from '../../simulators/start-simulators.ts';
import { everybodyLeaves, WAIT } from '../room/parley-call.ts';

/** What is heard, whatever is said, and what is answered to it. */
export const HEARD = 'What are your opening hours today?';
export const ANSWER =
  'Certainly, we are open from nine in the morning until six in the evening. ' +
  'If you would like to come by on another day, just tell me which one it is.';

/** A whole Parley whose vendors are simulated, for all tests of a file. */
export interface SimulatedParley {
  readonly parley: Parley;
  readonly vendors: Simulators;
  /** Says the sentence, hears the answer out, and tells how it was heard. */
  ask(caller: RoomCaller): Promise<HeardAnswer>;
}

export interface HeardAnswer {
  /** From the last sound of the question, in ms. */
  readonly afterMs: number;
  /** The longest silence within it, in ms. */
  readonly longestPauseMs: number;
}

/** Longer than any pause in an answer whose voice has failed, on a slow machine too. */
const OVER_AFTER_MS = 4_000;

/** To be called at the top of a test file. `vendors`: those that have a key; default all. */
export function openSimulatedParley({ names }: { readonly names?: readonly string[] } = {}): SimulatedParley {
  let parley: Parley | undefined;
  let vendors: Simulators | undefined;
  let question: AudioFrame | undefined;
  const there = <T>(thing: T | undefined): T => {
    if (thing === undefined) throw new Error('all is there when the tests run');
    return thing;
  };
  beforeAll(async () => {
    const speaker = createSentenceSpeaker();
    question = await speaker.speak(HEARD);
    await speaker.close();
    vendors = await startSimulators({ script: { heard: [HEARD], answers: [{ when: /./, text: ANSWER }] } });
    const baseUrls = Object.entries(vendors.baseUrls).filter(([name]) => names?.includes(name) ?? true);
    parley = await startParley({
      agentsDir: fileURLToPath(new URL('./agents/', import.meta.url)),
      settings: simulatedVariables(Object.fromEntries(baseUrls)),
    });
  }, 120_000);
  beforeEach(() => {
    vendors?.log.clear();
    onTestFailed(() => console.info(there(parley).logs()));
  });
  afterEach(async () => {
    vendors?.faults.disarm();
    await everybodyLeaves();
  }, 60_000);
  afterAll(async () => {
    await parley?.stop();
    await vendors?.stop();
  }, 60_000);
  return {
    get parley() {
      return there(parley);
    },
    get vendors() {
      return there(vendors);
    },
    async ask(caller) {
      const said = await caller.say(there(question));
      const onsetAtMs = await caller.waitForSound({ sinceMs: said.lastSampleAtMs, ...WAIT });
      await caller.waitForSilence(OVER_AFTER_MS, { sinceMs: onsetAtMs, ...WAIT });
      const sounds = caller.heardSince(onsetAtMs);
      const pausesMs = sounds
        .slice(1)
        .map((sound, index) => sound.onsetAtMs - (sounds[index]?.offsetAtMs ?? 0));
      return { afterMs: onsetAtMs - said.lastSampleAtMs, longestPauseMs: Math.max(0, ...pausesMs) };
    },
  };
}

/** Who counted something in a call, by stage. */
export function whoWorked({ usage }: CallDetail): Readonly<Record<'stt' | 'llm' | 'tts', readonly string[]>> {
  const of = (stage: 'stt' | 'llm' | 'tts') =>
    usage.byModel.filter((one) => one.stage === stage).map(({ provider }) => provider);
  return { stt: of('stt'), llm: of('llm'), tts: of('tts') };
}

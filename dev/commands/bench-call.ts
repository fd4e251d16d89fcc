import { availableParallelism, cpus, loadavg } from 'node:os';
import { goalRows, shareRows } from '@parley/bench/call/describe-steps';
import { goalsOf, isMet } from '@parley/bench/call/goals';
import { memoryMbPerFurtherCall, type StepFigures } from '@parley/bench/call/step-figures';
import { ANSWER, DELAYS, HEARD, INTERRUPTION, QUESTION } from '@parley/bench/call/talk';
import { trimSilence } from '@parley/bench/conformance/room/trim-silence';
import { findModel } from '../models/fetch-model.ts';
import { SMART_TURN } from '../models/model-file.ts';
import { osEnvironment } from '../settings/os-environment.ts';
import { forkSimulators } from '../simulators/fork-simulators.ts';
import { simulatedVariables } from '../simulators/simulated-settings.ts';
import { formatTable } from '../terminal/table.ts';
import { fliteVoice } from '../tests/recognition/synthetic-voice.ts';
import { BENCH_CALL_USAGE, parseBenchCallArgs } from './bench-call-args.ts';
import { benchStep } from './bench-call-step.ts';

const say = (text: string) => void process.stdout.write(`${text}\n`);

/** `npm run bench:call`: what a call costs and how long its answers take. Figures that fall short fail nothing. */
export async function benchCall(args: readonly string[]): Promise<number> {
  const asked = parseBenchCallArgs(args);
  if (asked.kind === 'help') {
    say(BENCH_CALL_USAGE);
    return 0;
  }
  if (asked.kind === 'misuse') return misuse(`${asked.fault}\n\n${BENCH_CALL_USAGE}`);
  const { minutes, seed, silenceMs, usesModel, isJson } = asked;
  const model = usesModel ? await findModel({ env: osEnvironment(), model: SMART_TURN }) : null;
  if (usesModel && model === null) return misuse('The end-of-turn model is not here: npm run models');
  const machine = {
    node: process.version,
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? '',
    loadBefore: loadavg()[0] ?? 0,
  };
  const setUp = {
    delaysMs: DELAYS,
    endOfTurnModel: model !== null,
    silenceMs: silenceMs ?? 500,
    minutes,
    seed,
  };
  say(
    `${machine.cores} cores of ${machine.processor}, load ${machine.loadBefore.toFixed(2)}; the vendors are simulated,`,
  );
  say('the callers speak with a synthetic voice, and callers, rooms and vendors run on the same machine');
  say(JSON.stringify(setUp));

  const simulators = await forkSimulators({
    delays: DELAYS,
    sound: 'tone',
    script: { heard: HEARD, answer: ANSWER },
  });
  const steps: StepFigures[] = [];
  try {
    const settings = {
      ...simulatedVariables(simulators.baseUrls),
      ...(model === null ? {} : { PARLEY_SMART_TURN: model }),
    };
    const [question, interruption] = await Promise.all([QUESTION, INTERRUPTION].map(speech));
    if (question === undefined || interruption === undefined) throw new Error('both sentences are spoken');
    for (const callers of asked.callers) {
      say(`${callers} at once, for ${minutes} min`);
      const given = { callers, minutes, seed, silenceMs, question, interruption, settings };
      steps.push(await benchStep(given));
    }
  } finally {
    await simulators.stop();
  }
  say(`\n${formatTable(goalRows(steps))}\n\n${formatTable(shareRows(steps))}\n`);
  const memory = memoryMbPerFurtherCall(steps);
  if (memory !== null) say(`each further call takes ${memory} MB\n`);
  const goals = steps.map((step) =>
    goalsOf(step, steps[0] ?? step).map((met) => ({ ...met, isMet: isMet(met) })),
  );
  const figures = steps.map((step, index) => ({ ...step, goals: goals[index] }));
  if (isJson) say(JSON.stringify({ machine, setUp, memoryMbPerFurtherCall: memory, steps: figures }));
  return 0;
}

function misuse(fault: string): number {
  process.stderr.write(`${fault}\n`);
  return 2;
}

/** Synthetic speech of Flite, in a voice that is not an agent's, without silence around it. */
async function speech(text: string) {
  return trimSilence({ samples: await fliteVoice('rms').say(text), sampleRateHz: 16_000 });
}

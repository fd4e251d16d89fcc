import { parseArgs } from 'node:util';
import { createMonotonicClock } from '@parley/agent/runtime/clock';
import type { ConformanceFigures } from '@parley/bench/conformance/figures/figures';
import { runVirtual } from '@parley/bench/conformance/virtual/run-virtual';
import { createSimulatedModel } from '@parley/bench/conformance/virtual/simulated-model';

const USAGE = `npm run conformance -- [--json] [--variants N] [--seed S] [--end-of-turn-model]

Holds scripted talks with the engine in virtual time and tells what a caller would have noticed.
  --json               the last line is one JSON object
  --variants N         talks to hold, 1 to 1,000,000, default 11,000
  --seed S             of the first variant, default 1
  --end-of-turn-model  with a simulated end-of-turn model; without, silence alone ends a turn
Exit codes: 0 no deadlock, no double reply and no unheard word, 1 there were, 2 misuse.
`;

const DEFAULT_VARIANTS = 11_000;
const MOST_VARIANTS = 1_000_000;

/** `npm run conformance`: how the engine takes turns, or any agent in a room. */
export async function conformance(args: readonly string[]): Promise<number> {
  const asked = parseConformanceArgs(args);
  if (typeof asked === 'string') {
    process.stderr.write(`${asked}\n\n${USAGE}`);
    return 2;
  }
  const { isJson, variants, seed, hasModel } = asked;
  const clock = createMonotonicClock();
  const agent = { createEndOfTurnModel: hasModel ? createSimulatedModel : null, hasFaults: true };
  const { figures, faultyTalks } = runVirtual({ variants, seed, agent });
  for (const { talk, seed: at } of faultyTalks) process.stdout.write(`fault in "${talk}", seed ${at}\n`);
  process.stdout.write(`${variants} virtual talks in ${Math.round(clock.nowMs() / 1_000)} s\n`);
  process.stdout.write(`${isJson ? JSON.stringify(figures) : JSON.stringify(figures, null, 2)}\n`);
  return hasFault(figures) ? 1 : 0;
}

function hasFault({ deadlocks, doubleReplies, unheardWordsKept }: ConformanceFigures): boolean {
  return deadlocks + doubleReplies + unheardWordsKept > 0;
}

interface ConformanceArgs {
  readonly isJson: boolean;
  readonly variants: number;
  readonly seed: number;
  readonly hasModel: boolean;
}

/** The arguments, or what is wrong with them. */
function parseConformanceArgs(args: readonly string[]): ConformanceArgs | string {
  const parsed = parsedOrFault(args);
  if (typeof parsed === 'string') return parsed;
  const variants = Number(parsed.variants ?? DEFAULT_VARIANTS);
  if (!Number.isInteger(variants) || variants < 1 || variants > MOST_VARIANTS)
    return `--variants is ${JSON.stringify(parsed.variants)}, but must be a whole number from 1 to ${MOST_VARIANTS}.`;
  const seed = Number(parsed.seed ?? 1);
  if (!Number.isSafeInteger(seed) || seed < 0)
    return `--seed is ${JSON.stringify(parsed.seed)}, but must be a whole number, 0 or more.`;
  return { isJson: parsed.json === true, variants, seed, hasModel: parsed['end-of-turn-model'] === true };
}

function parsedOrFault(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean' },
        variants: { type: 'string' },
        seed: { type: 'string' },
        'end-of-turn-model': { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

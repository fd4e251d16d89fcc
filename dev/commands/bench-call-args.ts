import { parseArgs } from 'node:util';

export const BENCH_CALL_USAGE = `npm run bench:call [-- options]

Callers in real rooms talk with an agent that hears, answers and speaks through simulated vendors: how long answers,
interruptions and greetings take at the callers' ears, and what a call costs of processor and memory. Linux only.

  --callers LIST   how many at once, step by step. Default 1,5,10,20.
  --minutes N      how long each step is measured. Default 2.
  --silence-ms N   silence after which a turn is over, 100 to 3000. Default: the agent's own, 500.
  --model          with the end-of-turn model that \`npm run models\` fetches; it knows people, not synthetic voices.
  --seed N         of the callers' pauses. Default 1.
  --json           the last line of the output is all figures as one JSON object.
  --help
`;

export type BenchCallArgs =
  | { readonly kind: 'help' }
  | { readonly kind: 'misuse'; readonly fault: string }
  | {
      readonly kind: 'run';
      readonly callers: readonly number[];
      readonly minutes: number;
      /** Null: as the agent has it. */
      readonly silenceMs: number | null;
      readonly usesModel: boolean;
      readonly seed: number;
      readonly isJson: boolean;
    };

/** More callers than this are no test of the agent on any machine that runs them all. */
const MOST_CALLERS = 100;

export function parseBenchCallArgs(args: readonly string[]): BenchCallArgs {
  const misuse = (fault: string): BenchCallArgs => ({ kind: 'misuse', fault });
  const text = { type: 'string' } as const;
  const yes = { type: 'boolean' } as const;
  let given: Readonly<Record<string, string | boolean | undefined>>;
  try {
    const options = {
      callers: text,
      minutes: text,
      'silence-ms': text,
      model: yes,
      seed: text,
      json: yes,
      help: yes,
    };
    given = parseArgs({ args: [...args], options }).values;
  } catch (error) {
    return misuse(error instanceof Error ? error.message : String(error));
  }
  if (given.help === true) return { kind: 'help' };
  const callers = String(given.callers ?? '1,5,10,20').split(',');
  if (!callers.every((count) => isWhole(count, 1, MOST_CALLERS)))
    return misuse(
      `--callers is ${given.callers}, but must be whole numbers from 1 to ${MOST_CALLERS}, such as 1,5.`,
    );
  const minutes = Number(given.minutes ?? 2);
  if (!(minutes > 0 && minutes <= 600))
    return misuse(`--minutes is ${given.minutes}, but must be above 0, at most 600.`);
  const { seed = '1', 'silence-ms': silence } = given;
  if (!isWhole(String(seed), 0, 1e9)) return misuse(`--seed is ${seed}, but must be a whole number.`);
  if (silence !== undefined && !isWhole(String(silence), 100, 3_000))
    return misuse(`--silence-ms is ${silence}, but must be a whole number from 100 to 3000.`);
  return {
    kind: 'run',
    callers: callers.map(Number),
    minutes,
    silenceMs: silence === undefined ? null : Number(silence),
    usesModel: given.model === true,
    seed: Number(seed),
    isJson: given.json === true,
  };
}

function isWhole(text: string, least: number, most: number): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most;
}

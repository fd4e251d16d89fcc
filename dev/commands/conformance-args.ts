import { parseArgs } from 'node:util';
import type { RoomAddress } from './conformance-room.ts';

export const CONFORMANCE_USAGE = `npm run conformance -- [--json] [--variants N] [--seed S] [--end-of-turn-model]
npm run conformance -- --ladder [--json] [--variants N] [--clips N] [--seed S]
npm run conformance -- --room [--url URL --token TOKEN] [--json] [--seed S]

Holds scripted talks and tells what a caller would have noticed: with the engine in virtual time, or in a room.
  --json               the last line is one JSON object
  --variants N         talks to hold, 1 to 1,000,000, default 11,000; with --ladder talks a setting, default 1,000
  --seed S             of the first variant, default 1
  --end-of-turn-model  with a simulated end-of-turn model; without, silence alone ends a turn
  --ladder             compares the waits for the end of a turn: on the same virtual talks, and on the same spoken clips
                       with the real end-of-turn model (npm run models fetches it)
  --clips N            synthetic clips to choose settings on, and as many to report on, 20 to 10,000, default 600
  --room               joins a room as a caller, for about four minutes; without --url it starts a Parley of its own,
                       whose agent can hold every talk, and needs seven
  --url, --token       of any LiveKit room in which an agent is, or to which one comes
Exit codes: 0 no deadlock, no double reply and no unheard word, 1 there were, 2 misuse.
`;

const DEFAULT_VARIANTS = 11_000;
const DEFAULT_VARIANTS_A_SETTING = 1_000;
const MOST_VARIANTS = 1_000_000;
const DEFAULT_CLIPS = 600;
const CLIPS = { least: 20, most: 10_000 } as const;

export type ConformanceArgs =
  | { readonly kind: 'help' }
  | { readonly kind: 'misuse'; readonly fault: string }
  | (Common & { readonly kind: 'virtual'; readonly variants: number; readonly hasModel: boolean })
  | (Common & { readonly kind: 'ladder'; readonly variants: number; readonly clips: number })
  /** `address` is null for a Parley of one's own. */
  | (Common & { readonly kind: 'room'; readonly address: RoomAddress | null });

interface Common {
  readonly isJson: boolean;
  readonly seed: number;
}

export function parseConformanceArgs(args: readonly string[]): ConformanceArgs {
  const values = parsedOrFault(args);
  if (typeof values === 'string') return misuse(values);
  const { json: isJson = false, ladder = false, room = false, url, token, help = false } = values;
  if (help) return { kind: 'help' };
  if (room && ladder) return misuse('--room and --ladder cannot be had together.');
  const seed = Number(values.seed ?? 1);
  if (!Number.isSafeInteger(seed) || seed < 0)
    return misuse(`--seed is ${JSON.stringify(values.seed)}, but must be a whole number, 0 or more.`);
  if (room) {
    if (values.variants !== undefined) return misuse('--variants is of virtual talks, not of a room.');
    if ((url === undefined) !== (token === undefined)) return misuse('--url and --token go together.');
    if (url !== undefined && !/^wss?:\/\//.test(url))
      return misuse(`--url is ${JSON.stringify(url)}, but must begin with ws:// or wss://.`);
    const address = url === undefined || token === undefined ? null : { url, token };
    return { kind: 'room', isJson, seed, address };
  }
  if (url !== undefined || token !== undefined) return misuse('--url and --token need --room.');
  const variants = Number(values.variants ?? (ladder ? DEFAULT_VARIANTS_A_SETTING : DEFAULT_VARIANTS));
  if (!Number.isInteger(variants) || variants < 1 || variants > MOST_VARIANTS)
    return misuse(
      `--variants is ${JSON.stringify(values.variants)}, but must be a whole number from 1 to ${MOST_VARIANTS}.`,
    );
  if (!ladder) {
    if (values.clips !== undefined) return misuse('--clips needs --ladder.');
    return { kind: 'virtual', isJson, seed, variants, hasModel: values['end-of-turn-model'] === true };
  }
  const clips = Number(values.clips ?? DEFAULT_CLIPS);
  if (!Number.isInteger(clips) || clips < CLIPS.least || clips > CLIPS.most)
    return misuse(
      `--clips is ${JSON.stringify(values.clips)}, but must be a whole number from ${CLIPS.least} to ${CLIPS.most}.`,
    );
  return { kind: 'ladder', isJson, seed, variants, clips };
}

function misuse(fault: string): ConformanceArgs {
  return { kind: 'misuse', fault };
}

function parsedOrFault(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean' },
        variants: { type: 'string' },
        clips: { type: 'string' },
        seed: { type: 'string' },
        'end-of-turn-model': { type: 'boolean' },
        ladder: { type: 'boolean' },
        room: { type: 'boolean' },
        url: { type: 'string' },
        token: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

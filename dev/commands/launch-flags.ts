import { parseArgs } from 'node:util';
import { parseDelays } from '../simulators/parse-delays.ts';
import type { SimulatedDelays } from '../simulators/simulation.ts';

/** What `npm start` and `npm run dev` are told on the command line. */
export interface LaunchFlags {
  readonly isHelpAsked: boolean;
  readonly opensPage: boolean;
  readonly isLan: boolean;
  readonly readyWithinMs: number;
  /** Vendors are simulated, with these delays in place of the usual ones. Null: they are not. */
  readonly simulated: Partial<SimulatedDelays> | null;
  /** The settings among them, by the name of their variable. */
  readonly settings: Readonly<Record<string, string | undefined>>;
}

/** A flag that is not known, or one without its value. The message shows all. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
  readonly code = 'invalid_flag';
}

/** What stands behind `--help`. */
export const LAUNCH_HELP = `npm start -- [options]

  --no-open            do not open the page in a browser
  --lan                serve HTTPS to the local network, and print the address for a phone
  --port N             port of the page (PORT)
  --livekit-port N     port of livekit-server (LIVEKIT_PORT)
  --host ADDRESS       address to listen on (HOST)
  --data FOLDER        folder of keys, journals and recordings (PARLEY_DATA)
  --agents FOLDER      folder of agent definitions (PARLEY_AGENTS)
  --simulate [DELAYS]  talk through simulated vendors, without any key. DELAYS in ms, such as stt=50,llm=200,word=15,tts=100
  --ready-within S     give up after so many seconds, default 120
  --help

Every other setting is an environment variable or a line of .env: npm run doctor -- --config
`;

const DEFAULT_READY_WITHIN_S = 120;

/** Reads the command line. Throws `FlagError`. */
export function parseLaunchFlags(args: readonly string[]): LaunchFlags {
  const values = parse(args);
  return {
    isHelpAsked: values.help === true,
    opensPage: values['no-open'] !== true,
    isLan: values.lan === true,
    readyWithinMs: parseReadyWithin(values['ready-within']),
    simulated: parseSimulated(values.simulate),
    settings: {
      PORT: values.port,
      LIVEKIT_PORT: values['livekit-port'],
      HOST: values.host,
      PARLEY_DATA: values.data,
      PARLEY_AGENTS: values.agents,
    },
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: withSimulateValue(args),
      options: {
        'no-open': { type: 'boolean' },
        lan: { type: 'boolean' },
        port: { type: 'string' },
        'livekit-port': { type: 'string' },
        host: { type: 'string' },
        data: { type: 'string' },
        agents: { type: 'string' },
        'ready-within': { type: 'string' },
        simulate: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new FlagError(`${error instanceof Error ? error.message : error}\n\n${LAUNCH_HELP}`);
  }
}

function parseReadyWithin(text: string | undefined): number {
  const seconds = text === undefined ? DEFAULT_READY_WITHIN_S : Number(text);
  if (seconds > 0 && seconds <= 86_400) return seconds * 1_000;
  throw new FlagError(
    `--ready-within is ${JSON.stringify(text)}, but must be a number of seconds, at most a day.`,
  );
}

/** Delays may follow `--simulate`, and need not: `parseArgs` knows flags that always have a value, or never. */
function withSimulateValue(args: readonly string[]): string[] {
  const at = args.indexOf('--simulate');
  if (at === -1) return [...args];
  const next = args[at + 1];
  const hasValue = next !== undefined && !next.startsWith('-');
  return [...args.slice(0, at), `--simulate=${hasValue ? next : ''}`, ...args.slice(at + (hasValue ? 2 : 1))];
}

function parseSimulated(text: string | undefined): LaunchFlags['simulated'] {
  if (text === undefined) return null;
  const delays = parseDelays(text);
  if (typeof delays === 'string') throw new FlagError(`--simulate: ${delays}.`);
  return delays;
}

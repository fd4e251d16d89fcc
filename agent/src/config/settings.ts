import { availableParallelism } from 'node:os';
import { NO_PRICES, type PriceTable } from '@parley/engine/cost/price-table';
import { z } from 'zod';
import { type ProviderAccess, providerAccess, providerVariables } from './provider-variables.ts';
import { flag, headerList, httpUrl, integer, nameList, priceFile, webSocketUrl } from './values.ts';

/** What is said of a variable to a person, for instance by the doctor command. */
export type VariableMeta = {
  readonly description: string;
  /** Never printed. */
  readonly secret: boolean;
};

const described = (description: string): VariableMeta => ({ description, secret: false });
const secret = (description: string): VariableMeta => ({ description, secret: true });

/** Names, other than LiveKit's own empty one, that `PARLEY_WORKER_NAMES` may hold: what fits LiveKit's API and a log. */
const WORKER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * Two at least: when a process dies, LiveKit gives its calls to a worker that is registered at that moment, and a
 * restart takes longer than a caller should hear nothing. Beyond that one a core, less the SFU's.
 */
const defaultProcesses = () => String(Math.max(2, availableParallelism() - 1));

/** Every environment variable of the agent's processes. An empty value counts as unset. */
export const agentEnvironmentSchema = z.object({
  LIVEKIT_URL: webSocketUrl.meta(described('Address of livekit-server, ws:// or wss://. Required.')),
  LIVEKIT_API_KEY: z.string().meta(described('API key of livekit-server. Required.')),
  LIVEKIT_API_SECRET: z.string().meta(secret('API secret of livekit-server. Required.')),
  PARLEY_SERVER_URL: httpUrl
    .optional()
    .meta(
      described(
        'Address of the Parley web server. Unset: the worker checks rooms itself and reports to nobody.',
      ),
    ),
  PARLEY_UPLOAD: z
    .enum(['server', 'off'], 'must be server or off')
    .optional()
    .meta(
      described(
        'server: recordings and journals of ended calls are sent to the web server and then deleted here. off: the web server has the same PARLEY_DATA. Default: off where PARLEY_SERVER_URL is on loopback, server elsewhere.',
      ),
    ),
  PARLEY_DATA: z
    .string()
    .default('./data')
    .meta(described('Folder of journals and recordings. Default ./data.')),
  PARLEY_AGENTS: z
    .string()
    .optional()
    .meta(described('Folder of agent files, served beside the examples. Default none.')),
  PARLEY_SMART_TURN: z
    .string()
    .optional()
    .meta(
      described(
        'File of the end-of-turn model, smart-turn-v3.2-cpu.onnx. Unset: a fixed wait; `npm start` sets it once `npm run models` has fetched it.',
      ),
    ),
  PARLEY_PRICES: priceFile
    .optional()
    .meta(
      described(
        'File of what models cost, in YAML, for ceilings of calls. Unset: no prices; `npm start` sets it to prices.yaml of the project.',
      ),
    ),
  PARLEY_WORKER_PROCESSES: integer(1, 256)
    .prefault(defaultProcesses)
    .meta(
      described('Worker processes on this machine, 1 to 256. Default: one less than its cores, at least 2.'),
    ),
  PARLEY_MAX_CALLS_PER_PROCESS: integer(1, 200)
    .prefault('20')
    .meta(described('Calls that one process takes before it says that it is full, 1 to 200. Default 20.')),
  PARLEY_JOINS_AT_ONCE: integer(1, 50)
    .prefault('8')
    .meta(described('Calls of one process that join their room at the same time, 1 to 50. Default 8.')),
  PARLEY_PROCESS_MAX_RSS_MB: integer(200, 1_000_000)
    .prefault('1500')
    .meta(described('Resident memory in MB beyond which a process is drained and replaced. Default 1500.')),
  PARLEY_AUTO_DISPATCH: flag
    .prefault('false')
    .meta(described('true: join every room made without a named agent. For development. Default false.')),
  PARLEY_WORKER_NAMES: nameList(WORKER_NAME)
    .prefault('')
    .meta(described('Further LiveKit agent names to answer to, separated by commas. Default none.')),
  PARLEY_HEALTH_PORT: integer(0, 65_000)
    .optional()
    .meta(
      described(
        'Port on loopback of the first process; the next takes the next. 0: any free one. Default 8081.',
      ),
    ),
  PARLEY_DRAIN_MS: integer(0, 86_400_000)
    .prefault('3600000')
    .meta(described('How long running calls may go on after SIGTERM, in ms. Default 3600000, an hour.')),
  ...providerVariables,
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl
    .optional()
    .meta(
      described(
        'Address of an OpenTelemetry collector that takes OTLP over HTTP, such as http://127.0.0.1:4318: a trace a turn goes there. Unset: no traces.',
      ),
    ),
  OTEL_EXPORTER_OTLP_HEADERS: headerList
    .prefault('')
    .meta(secret('Headers for the collector, name=value, separated by commas. Default none.')),
  PARLEY_LOG_PERSONAL: flag
    .prefault('false')
    .meta(
      described(
        'true: logs hold personal data too, such as room names and identities, which may be phone numbers. Default false.',
      ),
    ),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .meta(described('trace, debug, info, warn, error, fatal or silent. Default info.')),
});

/** Settings of the agent's processes, read once at their start. */
export interface Settings {
  readonly livekit: { readonly url: string; readonly apiKey: string; readonly apiSecret: string };
  readonly serverUrl: string | null;
  /** The web server has another data folder: files of ended calls are sent to it. */
  readonly sendsFiles: boolean;
  readonly dataDir: string;
  readonly agentsDir: string | null;
  /** Null: no end-of-turn model. */
  readonly smartTurnFile: string | null;
  /** What models cost. */
  readonly prices: PriceTable;
  readonly processes: number;
  readonly maxCallsPerProcess: number;
  readonly joinsAtOnce: number;
  readonly maxRssMb: number;
  readonly isAutoDispatchOn: boolean;
  readonly workerNames: readonly string[];
  /** As given; null where nothing was given, so that the default may move off a port that is taken. */
  readonly healthPort: number | null;
  readonly drainMs: number;
  /** Where traces are sent, in OTLP over HTTP; null: nowhere. */
  readonly traceCollector: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
  } | null;
  readonly providers: ProviderAccess;
  readonly logsPersonal: boolean;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
}

/** The environment holds what this process cannot start with. The message lists every fault, no secret among them. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'invalid_settings';
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`The agent cannot start with these settings:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/** Reads the settings out of an environment. Throws `SettingsError`. */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const parsed = agentEnvironmentSchema.safeParse(given);
  if (!parsed.success)
    throw new SettingsError(parsed.error.issues.map((issue) => describeFault(issue, given)));
  const values = parsed.data;
  return {
    livekit: {
      url: values.LIVEKIT_URL,
      apiKey: values.LIVEKIT_API_KEY,
      apiSecret: values.LIVEKIT_API_SECRET,
    },
    serverUrl: values.PARLEY_SERVER_URL ?? null,
    sendsFiles: sendsFiles(values.PARLEY_UPLOAD, values.PARLEY_SERVER_URL),
    dataDir: values.PARLEY_DATA,
    agentsDir: values.PARLEY_AGENTS ?? null,
    smartTurnFile: values.PARLEY_SMART_TURN ?? null,
    prices: values.PARLEY_PRICES ?? NO_PRICES,
    processes: values.PARLEY_WORKER_PROCESSES,
    maxCallsPerProcess: values.PARLEY_MAX_CALLS_PER_PROCESS,
    joinsAtOnce: values.PARLEY_JOINS_AT_ONCE,
    maxRssMb: values.PARLEY_PROCESS_MAX_RSS_MB,
    isAutoDispatchOn: values.PARLEY_AUTO_DISPATCH,
    workerNames: values.PARLEY_WORKER_NAMES,
    healthPort: values.PARLEY_HEALTH_PORT ?? null,
    drainMs: values.PARLEY_DRAIN_MS,
    traceCollector:
      values.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? null
        : {
            url: `${values.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces`,
            headers: values.OTEL_EXPORTER_OTLP_HEADERS,
          },
    providers: providerAccess(values, given),
    logsPersonal: values.PARLEY_LOG_PERSONAL,
    logLevel: values.LOG_LEVEL,
  };
}

/** Reads the settings of this process. Throws `SettingsError`. */
export function readSettings(): Settings {
  return parseSettings(process.env);
}

/** What stands in the schema about a variable. */
export function variableMeta(name: keyof typeof agentEnvironmentSchema.shape): VariableMeta {
  const { description = '', secret: isSecret = false } = agentEnvironmentSchema.shape[name].meta() ?? {};
  return { description, secret: isSecret === true };
}

function sendsFiles(upload: 'server' | 'off' | undefined, serverUrl: string | undefined): boolean {
  if (serverUrl === undefined) return false;
  return upload === undefined ? !isLoopback(new URL(serverUrl).hostname) : upload === 'server';
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

function describeFault(issue: z.core.$ZodIssue, given: Record<string, string | undefined>): string {
  const name = String(issue.path[0]) as keyof typeof agentEnvironmentSchema.shape;
  const { description, secret: isSecret } = variableMeta(name);
  const value = given[name];
  if (value === undefined) return `${name} is not set. ${description}`;
  return `${name} is ${isSecret ? 'set' : JSON.stringify(value)}, but ${issue.message}. ${description}`;
}

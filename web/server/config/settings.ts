import { NO_PRICES, type PriceTable } from '@parley/engine/cost/price-table';
import { z } from 'zod';
import { isLoopbackHost } from '../http/loopback.ts';
import type { Bucket } from '../object-store/bucket.ts';
import type { AllowRule } from '../outgoing/allow-list.ts';
import {
  allowRules,
  type BindAddress,
  bindAddress,
  flag,
  hostName,
  httpUrl,
  integer,
  livekitUrl,
  origins,
  postgresUrl,
  priceFile,
} from './values.ts';

/** What is said of a variable to a person, for instance by the doctor command. */
export type VariableMeta = {
  readonly description: string;
  /** Never printed. */
  readonly secret: boolean;
};

const described = (description: string): VariableMeta => ({ description, secret: false });
const secret = (description: string): VariableMeta => ({ description, secret: true });

/** Below this a key can be guessed over the network, limited as guesses are. */
const MIN_ACCESS_KEY_LENGTH = 16;

/** Every environment variable of the web server. An empty value counts as unset. */
export const serverEnvironmentSchema = z.object({
  PORT: integer(0, 65_535)
    .prefault('3000')
    .meta(described('Port to listen on; 0 takes a free one. Default 3000.')),
  HOST: hostName
    .default('127.0.0.1')
    .meta(
      described('Name or address to listen on; 0.0.0.0 is every one. Default 127.0.0.1, this machine alone.'),
    ),
  PUBLIC_URL: httpUrl
    .optional()
    .meta(described('Address under which people reach the server, where that is not HOST and PORT.')),
  LIVEKIT_URL: livekitUrl.meta(described('Address of livekit-server, ws:// or wss://. Required.')),
  LIVEKIT_API_KEY: z.string().meta(described('API key of livekit-server. Required.')),
  LIVEKIT_API_SECRET: z.string().meta(secret('API secret of livekit-server. Required.')),
  PARLEY_ACCESS_KEY: z
    .string()
    .min(MIN_ACCESS_KEY_LENGTH, `must have at least ${MIN_ACCESS_KEY_LENGTH} characters`)
    .max(512, 'must have at most 512 characters')
    .optional()
    .meta(
      secret('Key that opens the server to whoever holds it. Required unless only this machine reaches it.'),
    ),
  PARLEY_DATA: z
    .string()
    .default('./data')
    .meta(described('Folder of the database and of what agents record. Default ./data.')),
  DATABASE_URL: postgresUrl
    .optional()
    .meta(
      secret(
        'Address of a PostgreSQL database, postgres://user:password@host/name. Default a file in PARLEY_DATA.',
      ),
    ),
  PARLEY_RETENTION_DAYS: integer(1, 36_500)
    .optional()
    .meta(
      described(
        'Days after its end until a call is deleted with all that is stored of it, 1 to 36500. Default never.',
      ),
    ),
  PARLEY_RECORDINGS_S3_URL: httpUrl
    .optional()
    .meta(
      described(
        'Address of a bucket that speaks S3, its name in host or path, which recordings are moved to, such as https://s3.eu-central-1.amazonaws.com/my-calls. Default none: they stay in PARLEY_DATA.',
      ),
    ),
  PARLEY_RECORDINGS_S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/, 'must be a name such as eu-central-1, or auto')
    .default('us-east-1')
    .meta(described('Region of the bucket. Default us-east-1, which stores without regions take.')),
  PARLEY_RECORDINGS_S3_ACCESS_KEY_ID: z
    .string()
    .regex(/^[\w.+-]{1,128}$/, 'must be an access key id, without blanks')
    .optional()
    .meta(described('Access key id for the bucket. Required with PARLEY_RECORDINGS_S3_URL.')),
  PARLEY_RECORDINGS_S3_SECRET_ACCESS_KEY: z
    .string()
    .transform((text) => text.trim())
    .optional()
    .meta(secret('Secret access key for the bucket. Required with PARLEY_RECORDINGS_S3_URL.')),
  PARLEY_PRICES: priceFile
    .optional()
    .meta(
      described(
        'File of what models cost, in YAML, by which calls get their cost. Unset: no prices; `npm start` sets it to prices.yaml of the project.',
      ),
    ),
  PARLEY_INTERNAL_BIND: bindAddress
    .optional()
    .meta(
      described(
        'host:port where agents of other machines report. Unset: agents on this machine only, on PORT.',
      ),
    ),
  PARLEY_METRICS_BIND: bindAddress
    .optional()
    .meta(
      described(
        'host:port where the server answers Prometheus, without a key. Default 127.0.0.1:9464, or a free port where that is taken.',
      ),
    ),
  PARLEY_ALLOWED_ORIGINS: origins
    .prefault('')
    .meta(
      described(
        'Origins of other pages that may embed calls and use the API, separated by commas. Default none.',
      ),
    ),
  PARLEY_OUTGOING_ALLOW: allowRules
    .prefault('')
    .meta(
      described(
        'Hosts (with or without :port) and networks of your own that webhooks may go to, over HTTP too, separated by commas. Default none: HTTPS on the internet alone.',
      ),
    ),
  PARLEY_TOKENS_PER_MINUTE: integer(1, 100_000)
    .prefault('30')
    .meta(described('Call tokens that one address gets a minute, 1 to 100000. Default 30.')),
  PARLEY_TOKEN_TTL_S: integer(60, 600)
    .prefault('600')
    .meta(described('How long a call token can be used to join, in s, 60 to 600. Default 600.')),
  PARLEY_TLS_CERT: z
    .string()
    .optional()
    .meta(described('PEM file of the certificate. With PARLEY_TLS_KEY: HTTPS.')),
  PARLEY_TLS_KEY: z.string().optional().meta(described('PEM file of the key of the certificate.')),
  PARLEY_CLIENT_DIR: z
    .string()
    .optional()
    .meta(described('Folder of the built web client. Default beside the server.')),
  PARLEY_TRUST_PROXY: integer(0, 10)
    .prefault('0')
    .meta(described('Reverse proxies in front whose X-Forwarded headers are believed, 0 to 10. Default 0.')),
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
/** What a bucket cannot be asked without. */
const BUCKET_VARIABLES = [
  'PARLEY_RECORDINGS_S3_URL',
  'PARLEY_RECORDINGS_S3_ACCESS_KEY_ID',
  'PARLEY_RECORDINGS_S3_SECRET_ACCESS_KEY',
] as const;
type VariableName = keyof typeof serverEnvironmentSchema.shape;

/** Settings of the web server, read once at its start. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  /** Without a closing slash. */
  readonly publicUrl: string | null;
  /** `url` is `http:` or `https:` without a closing slash. */
  readonly livekit: { readonly url: string; readonly apiKey: string; readonly apiSecret: string };
  /** Opens the server; null where there is none, and only this machine reaches the server. */
  readonly accessKey: string | null;
  /** Others than this machine reach the server: something is asked of every request that wants something. */
  readonly isExposed: boolean;
  readonly dataDir: string;
  /** Null: a file in `dataDir`. */
  readonly databaseUrl: string | null;
  /** Null: calls are kept. */
  readonly retentionDays: number | null;
  /** What recordings are moved to; null: they stay in `dataDir`. */
  readonly recordingsBucket: Bucket | null;
  /** What models cost. */
  readonly prices: PriceTable;
  readonly internalBind: BindAddress | null;
  /** Null: the default one, or a free one. */
  readonly metricsBind: BindAddress | null;
  readonly allowedOrigins: readonly string[];
  /** What requests of ours may go to beside HTTPS on the internet. */
  readonly outgoingAllow: readonly AllowRule[];
  readonly tokensPerMinute: number;
  readonly tokenTtlS: number;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  readonly clientDir: string | null;
  /** How many reverse proxies stand in front. */
  readonly trustedProxies: number;
  readonly logsPersonal: boolean;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
}

/** The environment holds what the server cannot start with. The message lists every fault, no secret among them. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'invalid_settings';
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(
      `The web server cannot start with these settings:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

/** Reads the settings out of an environment. Throws `SettingsError`. */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const parsed = serverEnvironmentSchema.safeParse(given);
  const faults = parsed.success ? [] : parsed.error.issues.map((issue) => describeFault(issue, given));
  faults.push(...faultsBetween(given));
  if (!parsed.success || faults.length > 0) throw new SettingsError(faults);
  const values = parsed.data;
  return {
    port: values.PORT,
    host: values.HOST,
    publicUrl: values.PUBLIC_URL ?? null,
    livekit: {
      url: values.LIVEKIT_URL,
      apiKey: values.LIVEKIT_API_KEY,
      apiSecret: values.LIVEKIT_API_SECRET,
    },
    accessKey: values.PARLEY_ACCESS_KEY ?? null,
    isExposed: isExposed(given),
    dataDir: values.PARLEY_DATA,
    databaseUrl: values.DATABASE_URL ?? null,
    retentionDays: values.PARLEY_RETENTION_DAYS ?? null,
    recordingsBucket: bucketOf(values),
    prices: values.PARLEY_PRICES ?? NO_PRICES,
    internalBind: values.PARLEY_INTERNAL_BIND ?? null,
    metricsBind: values.PARLEY_METRICS_BIND ?? null,
    allowedOrigins: values.PARLEY_ALLOWED_ORIGINS,
    outgoingAllow: values.PARLEY_OUTGOING_ALLOW,
    tokensPerMinute: values.PARLEY_TOKENS_PER_MINUTE,
    tokenTtlS: values.PARLEY_TOKEN_TTL_S,
    tls:
      values.PARLEY_TLS_CERT !== undefined && values.PARLEY_TLS_KEY !== undefined
        ? { certFile: values.PARLEY_TLS_CERT, keyFile: values.PARLEY_TLS_KEY }
        : null,
    clientDir: values.PARLEY_CLIENT_DIR ?? null,
    trustedProxies: values.PARLEY_TRUST_PROXY,
    logsPersonal: values.PARLEY_LOG_PERSONAL,
    logLevel: values.LOG_LEVEL,
  };
}

/** Reads the settings of this process. Throws `SettingsError`. */
export function readSettings(): Settings {
  return parseSettings(process.env);
}

/** What stands in the schema about a variable. */
export function variableMeta(name: VariableName): VariableMeta {
  const { description = '', secret: isSecret = false } = serverEnvironmentSchema.shape[name].meta() ?? {};
  return { description, secret: isSecret === true };
}

function bucketOf(values: z.infer<typeof serverEnvironmentSchema>): Bucket | null {
  const url = values.PARLEY_RECORDINGS_S3_URL;
  const accessKeyId = values.PARLEY_RECORDINGS_S3_ACCESS_KEY_ID;
  const secretAccessKey = values.PARLEY_RECORDINGS_S3_SECRET_ACCESS_KEY;
  if (url === undefined || accessKeyId === undefined || secretAccessKey === undefined) return null;
  return { url, region: values.PARLEY_RECORDINGS_S3_REGION, accessKeyId, secretAccessKey };
}

/** A server behind a proxy is as exposed as one that listens on every address. */
function isExposed(given: Readonly<Record<string, string | undefined>>): boolean {
  const { HOST = '127.0.0.1', PUBLIC_URL } = given;
  const publicHost =
    PUBLIC_URL !== undefined && URL.canParse(PUBLIC_URL) ? new URL(PUBLIC_URL).hostname : 'localhost';
  return !isLoopbackHost(HOST.trim()) || !isLoopbackHost(publicHost);
}

function faultsBetween(given: Readonly<Record<string, string | undefined>>): string[] {
  const faults: string[] = [];
  if (isExposed(given) && given.PARLEY_ACCESS_KEY === undefined) {
    faults.push(
      'PARLEY_ACCESS_KEY is not set, but HOST or PUBLIC_URL opens the server to other machines. ' +
        `Set a secret of at least ${MIN_ACCESS_KEY_LENGTH} characters, for example what \`openssl rand -hex 24\` prints.`,
    );
  }
  if ((given.PARLEY_TLS_CERT === undefined) !== (given.PARLEY_TLS_KEY === undefined)) {
    faults.push('PARLEY_TLS_CERT and PARLEY_TLS_KEY belong together: set both for HTTPS, or neither.');
  }
  const ofBucket = BUCKET_VARIABLES.filter((name) => given[name] !== undefined);
  const missing = BUCKET_VARIABLES.filter((name) => given[name] === undefined);
  if (ofBucket.length > 0 && missing.length > 0)
    faults.push(
      `${ofBucket.join(' and ')} needs ${missing.join(' and ')} beside it: set all three for recordings in a bucket, or none.`,
    );
  return faults;
}

function describeFault(issue: z.core.$ZodIssue, given: Readonly<Record<string, string | undefined>>): string {
  const name = String(issue.path[0]) as VariableName;
  const { description, secret: isSecret } = variableMeta(name);
  const value = given[name];
  if (value === undefined) return `${name} is not set. ${description}`;
  return `${name} is ${isSecret ? 'set' : JSON.stringify(value)}, but ${issue.message}. ${description}`;
}

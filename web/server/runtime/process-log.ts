import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino';

/** The one field of a log line in which personal data may stand. */
const PERSONAL_FIELD = 'personal';
/** Fields that hold a secret, should one ever be logged, at the top of a line or in what is logged with it. */
const SECRET_FIELDS = [
  'token',
  'secret',
  'apiSecret',
  'apiKey',
  'accessKey',
  'password',
  'authorization',
  'cookie',
  'connectionString',
];

/** A process's log: JSON lines on its standard output. */
export function createProcessLog(options: {
  readonly logLevel: LevelWithSilent;
  /** Personal data is written, and not only that there was some. */
  readonly logsPersonal: boolean;
  /** Default: standard output. */
  readonly to?: DestinationStream;
}): Logger {
  const hidden = options.logsPersonal ? SECRET_FIELDS : [PERSONAL_FIELD, ...SECRET_FIELDS];
  const settings = {
    name: 'parley-web',
    level: options.logLevel,
    redact: { paths: hidden.flatMap((name) => [name, `*.${name}`]), censor: '[hidden]' },
  };
  return options.to === undefined ? pino(settings) : pino(settings, options.to);
}

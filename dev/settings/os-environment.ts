/** The environment of this process: the one place in dev/ that reads it. */
export function osEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

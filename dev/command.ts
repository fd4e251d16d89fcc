/** A command as `npm run` knows it; resolves with the exit code. */
type Command = (args: readonly string[]) => Promise<number>;

/** Each is loaded when asked for, so that one does not wait for what another needs. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.ts')).start,
  build: async () => (await import('./commands/build.ts')).build,
  dev: async () => (await import('./commands/dev.ts')).dev,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  models: async () => (await import('./commands/models.ts')).models,
  providers: async () => (await import('./commands/providers.ts')).providers,
  docs: async () => (await import('./commands/docs.ts')).docs,
  replay: async () => (await import('./commands/replay.ts')).replay,
  test: async () => (await import('./commands/test.ts')).test,
  'test-long': async () => (await import('./commands/test.ts')).testLong,
  'test-live': async () => (await import('./commands/test-live.ts')).testLive,
  'check-agent': async () => (await import('./commands/check-agent.ts')).checkAgent,
  'bench-call': async () => (await import('./commands/bench-call.ts')).benchCall,
  'bench-history': async () => (await import('./commands/bench-history.ts')).benchHistory,
  conformance: async () => (await import('./commands/conformance.ts')).conformance,
  check: async () => (await import('./commands/check.ts')).check,
};

/**
 * Runs a command. Whatever it throws is one message on the error output and exit code 1.
 *
 * @public bootstrap.mjs calls it in its built form
 */
export async function runCommand(name: string, args: readonly string[]): Promise<number> {
  const load = COMMANDS[name];
  if (load === undefined) {
    process.stderr.write(`There is no command "${name}". There are: ${Object.keys(COMMANDS).join(', ')}.\n`);
    return 1;
  }
  try {
    const command = await load();
    return await command(args);
  } catch (error) {
    // A fault that was foreseen has a code and says what to do; of any other the place matters.
    const isForeseen = error instanceof Error && 'code' in error;
    process.stderr.write(`${isForeseen ? error.message : error instanceof Error ? error.stack : error}\n`);
    return 1;
  }
}

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A command line tool ended badly or not in time; the message holds its last words. */
export class ToolFailed extends Error {
  override readonly name = 'ToolFailed';
  readonly code: 'missing' | 'failed' | 'timed_out';
  constructor(code: ToolFailed['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const LAST_WORDS = 6;

/** Runs a tool to its end and resolves with what it printed on its standard output. Rejects with `ToolFailed`. */
export async function runTool(options: {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** Each line of its error output, where tools report progress. */
  readonly onProgressLine?: (line: string) => void;
}): Promise<string> {
  const { command, limitMs } = options;
  const limit = AbortSignal.timeout(limitMs);
  const spawned = spawn(command, options.args, {
    env: options.env,
    cwd: options.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.any([options.signal, limit]),
    killSignal: 'SIGKILL',
  });
  let output = '';
  spawned.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const words: string[] = [];
  createInterface({ input: spawned.stderr }).on('line', (line) => {
    if (words.push(line) > LAST_WORDS) words.shift();
    options.onProgressLine?.(line);
  });
  return new Promise((resolve, reject) => {
    spawned.once('error', (cause: NodeJS.ErrnoException) => {
      if (options.signal.aborted) reject(options.signal.reason);
      else if (limit.aborted)
        reject(new ToolFailed('timed_out', `${command} took more than ${limitMs / 1000} s`));
      else if (cause.code === 'ENOENT')
        reject(new ToolFailed('missing', `${command} is not installed`, { cause }));
      else reject(new ToolFailed('failed', `${command}: ${cause.message}`, { cause }));
    });
    spawned.once('close', (code, signal) => {
      if (code === 0) resolve(output);
      else
        reject(new ToolFailed('failed', words.join(' ').trim() || `${command} ended with ${code ?? signal}`));
    });
  });
}

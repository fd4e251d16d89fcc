import { spawn } from 'node:child_process';

/** Ends process groups when this process is gone, however it went. */
export interface Watchdog {
  /** From now on the group of `pid` ends with this process. */
  guard(pid: number): void;
  /** The group has ended: its number may belong to somebody else now. */
  release(pid: number): void;
  /** Ends the watchdog itself, and what it still guards. Safe to call twice. */
  close(): void;
}

/**
 * A shell reads groups from a pipe. The pipe ends when its only writer does, and a SIGKILL of the writer is no exception:
 * then what is left gets an interrupt, and 3 s later a kill.
 */
export const WATCHDOG_SCRIPT = `
groups=
without() { kept=; for group in $groups; do [ "$group" = "$1" ] || kept="$kept $group"; done; groups=$kept; }
while read -r line; do
  case $line in
    +*) groups="$groups \${line#+}" ;;
    -*) without "\${line#-}" ;;
  esac
done
[ -z "$groups" ] && exit
for group in $groups; do kill -s INT -- "-$group"; done
for tenth in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
  sleep 0.1
  for group in $groups; do kill -s 0 -- "-$group" || without "$group"; done
  [ -z "$groups" ] && exit
done
for group in $groups; do kill -s KILL -- "-$group"; done
`;

/** Starts a watchdog: about a megabyte, and a session of its own, so that a Ctrl-C in the terminal passes it by. */
export function startWatchdog(): Watchdog {
  const shell = spawn('/bin/sh', ['-c', WATCHDOG_SCRIPT], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // A watchdog that is gone has nothing to say any more; what it guarded is then ended by `stop` alone.
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  shell.unref();
  (shell.stdin as unknown as { unref?: () => void }).unref?.();
  return {
    guard: (pid) => void shell.stdin.write(`+${pid}\n`),
    release: (pid) => void shell.stdin.write(`-${pid}\n`),
    close: () => void shell.stdin.end(),
  };
}

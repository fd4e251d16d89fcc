import { closeSync, fdatasync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import {
  CALL_EVENT_VERSION,
  type CallCommand,
  type CallEvent,
  type JournalHeader,
  type JournalLine,
} from '@parley/contracts/call-event';
import type { Logger } from 'pino';
import { utcMonthOf } from '../runtime/clock.ts';

/** The call's own record: each event into the reducer and each command out of it, a line each. */
export interface Journal {
  /** Writes a step. It survives the death of the process; with `isDurable`, soon after, the loss of power too. */
  append(event: CallEvent, commands: readonly CallCommand[], isDurable: boolean): void;
  close(): void;
}

/**
 * Opens `<dataDir>/recordings/YYYY/MM/<callId>.<seat>.<generation>.ndjson` (UTC month of the start, mode 0600).
 * A disk that refuses is logged once and ends the journal, never the call.
 */
export function openJournal(options: {
  readonly dataDir: string;
  readonly header: Omit<JournalHeader, 'line' | 'v'>;
  readonly log: Logger;
}): Journal {
  const { header, log } = options;
  const { callId, seat, generation } = header;
  const identity = { v: CALL_EVENT_VERSION, callId, seat, generation } as const;
  let seq = 0;
  let file: { readonly phase: 'open'; readonly fd: number } | { readonly phase: 'closed' } = {
    phase: 'closed',
  };

  const write = (lines: readonly object[]) => {
    if (file.phase === 'closed') return;
    try {
      writeSync(file.fd, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    } catch (error) {
      log.error({ err: error, callId }, 'journal cannot be written; the call goes on without it');
      close();
    }
  };
  const close = () => {
    if (file.phase === 'closed') return;
    const { fd } = file;
    file = { phase: 'closed' };
    closeSync(fd);
  };

  try {
    const name = journalPath(options.dataDir, header);
    mkdirSync(path.dirname(name), { recursive: true, mode: 0o700 });
    file = { phase: 'open', fd: openSync(name, 'ax', 0o600) };
  } catch (error) {
    log.error({ err: error, callId }, 'journal cannot be opened; the call goes on without it');
  }
  write([{ line: 'header', v: CALL_EVENT_VERSION, ...header } satisfies JournalHeader]);

  return {
    append(event, commands, isDurable) {
      const lines: JournalLine[] = [
        { line: 'event', ...identity, seq: seq++, ...event },
        ...commands.map(
          (command): JournalLine => ({
            line: 'command',
            ...identity,
            seq: seq++,
            atMs: event.atMs,
            ...command,
          }),
        ),
      ];
      write(lines);
      if (isDurable && file.phase === 'open') {
        fdatasync(file.fd, (error) => {
          if (error && error.code !== 'EBADF')
            log.error({ err: error, callId }, 'journal could not be made durable');
        });
      }
    },
    close,
  };
}

/** Where the journal of one generation of one seat lies. */
export function journalPath(
  dataDir: string,
  call: Pick<JournalHeader, 'callId' | 'seat' | 'generation' | 'startedAtEpochMs'>,
): string {
  const { year, month } = utcMonthOf(call.startedAtEpochMs);
  const name = `${call.callId}.${call.seat}.${call.generation}.ndjson`;
  return path.join(dataDir, 'recordings', year, month, name);
}

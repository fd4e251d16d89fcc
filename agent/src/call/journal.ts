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
import type { FollowJournal } from '../shipping/shipper.ts';

/** The call's own record: each event into the reducer and each command out of it, a line each. */
export interface Journal {
  /**
   * Writes a step. It survives the death of the process; a commit, soon after, the loss of power too, and it is shipped
   * at once.
   */
  append(event: CallEvent, commands: readonly CallCommand[], isCommit: boolean): void;
  /** Nothing follows, in the recording neither. */
  close(): void;
}

/**
 * Opens `<dataDir>/recordings/YYYY/MM/<callId>.<seat>.<generation>.ndjson` (UTC month of the start, mode 0600).
 * A disk that refuses is logged once and ends the file, never the call: what follows is shipped from memory.
 */
export function openJournal(options: {
  readonly dataDir: string;
  readonly header: Omit<JournalHeader, 'line' | 'v'>;
  /** Who ships it. Default: nobody. */
  readonly follow?: FollowJournal | undefined;
  readonly log: Logger;
}): Journal {
  const { log } = options;
  const header: JournalHeader = { line: 'header', v: CALL_EVENT_VERSION, ...options.header };
  const { callId, seat, generation } = header;
  const identity = { v: CALL_EVENT_VERSION, callId, seat, generation } as const;
  const name = journalPath(options.dataDir, header);
  let seq = 0;
  let file: { readonly phase: 'open'; readonly fd: number } | { readonly phase: 'refused' | 'closed' } = {
    phase: 'refused',
  };

  /** False: the disk has refused, now or before. */
  const write = (texts: readonly string[]): boolean => {
    if (file.phase !== 'open') return false;
    try {
      writeAll(file.fd, texts.map((text) => `${text}\n`).join(''));
      return true;
    } catch (error) {
      log.error({ err: error, callId }, 'journal cannot be written; the call goes on without it');
      closeSync(file.fd);
      file = { phase: 'refused' };
      return false;
    }
  };

  try {
    mkdirSync(path.dirname(name), { recursive: true, mode: 0o700 });
  } catch {
    // Opening says it.
  }
  const followed = options.follow?.({ file: name, header });
  try {
    file = { phase: 'open', fd: openSync(name, 'ax', 0o600) };
  } catch (error) {
    log.error({ err: error, callId }, 'journal cannot be opened; the call goes on without it');
  }
  write([JSON.stringify(header)]);

  return {
    append(event, commands, isCommit) {
      if (file.phase === 'closed') return;
      const { atMs } = event;
      const lines: readonly JournalLine[] = [
        { line: 'event', ...identity, seq: seq++, ...event },
        ...commands.map(
          (command) => ({ line: 'command', ...identity, seq: seq++, atMs, ...command }) as const,
        ),
      ];
      const texts = lines.map((line) => JSON.stringify(line));
      if (write(texts)) followed?.written(seq, isCommit);
      else
        followed?.refused(
          lines.map((line, index) => ({ seq: line.seq, atMs, text: texts[index] ?? '' })),
          isCommit,
        );
      if (isCommit && file.phase === 'open') {
        fdatasync(file.fd, (error) => {
          if (error && error.code !== 'EBADF')
            log.error({ err: error, callId }, 'journal could not be made durable');
        });
      }
    },
    close() {
      if (file.phase === 'closed') return;
      if (file.phase === 'open') closeSync(file.fd);
      file = { phase: 'closed' };
      followed?.ended();
    },
  };
}

/** A disk that is nearly full takes a part first, and refuses the rest. */
function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}

/** Where the journal of one generation of one seat lies. */
export function journalPath(
  dataDir: string,
  call: Pick<JournalHeader, 'callId' | 'seat' | 'generation' | 'startedAtEpochMs'>,
): string {
  const name = `${call.callId}.${call.seat}.${call.generation}.ndjson`;
  return path.join(recordsFolder(dataDir, call.startedAtEpochMs), name);
}

/** Where all that is kept of a call lies that began then. */
export function recordsFolder(dataDir: string, startedAtEpochMs: number): string {
  const { year, month } = utcMonthOf(startedAtEpochMs);
  return path.join(dataDir, 'recordings', year, month);
}

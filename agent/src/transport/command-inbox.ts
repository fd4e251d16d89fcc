import type { RoomCommand } from '@parley/contracts/room-command';
import type { Logger } from 'pino';

/** Longest command, in bytes. */
const MOST_BYTES = 4 * 1024;
/** Packets that may wait to be verified; who sends more has them dropped. */
const MOST_WAITING = 16;
/** Refusals are logged so often: a flood of forged commands is no flood of lines. */
const LOGGED_REFUSALS = 16;

/** Commands that the server signed, in their order; of everything else nothing is done. */
export interface CommandInbox {
  /** `sender`: whom rtc-node names, which is nobody for the server, and for some participants too. */
  take(sender: string | null, payload: Uint8Array): void;
}

export function createCommandInbox(options: {
  /** Null: it was not signed by the server, for this call, just now. */
  readonly read: (token: string) => Promise<RoomCommand | null>;
  readonly onCommand: (command: RoomCommand) => void;
  readonly log: Logger;
}): CommandInbox {
  const { read, onCommand, log } = options;
  let refusals = 0;
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();

  const refuse = (sender: string | null) => {
    refusals += 1;
    if (refusals > LOGGED_REFUSALS) return;
    log.warn(
      { personal: { participantId: sender } },
      'a command was refused; only the server may command, and signs it',
    );
  };
  const obey = async (sender: string | null, token: string) => {
    const command = await read(token);
    waiting -= 1;
    if (command === null) refuse(sender);
    else onCommand(command);
  };

  return {
    take(sender, payload) {
      if (sender !== null || payload.byteLength > MOST_BYTES || waiting >= MOST_WAITING)
        return refuse(sender);
      waiting += 1;
      const token = new TextDecoder().decode(payload);
      last = last.then(() => obey(sender, token));
    },
  };
}

import type { CallId } from '@parley/contracts/ids';
import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { isDatabaseAway } from '../database/is-away.ts';
import type { CallChange } from './call-change.ts';
import { summaryOfRow } from './call-row.ts';
import { enterCall, lockCall, noteCallerSeen } from './call-rows.ts';
import type { RoomNews } from './call-watcher.ts';

/** What the server sees of calls itself, before or without an agent that tells of them. */
export interface CallRegister {
  /** A token was made, and the room with it. */
  opened(call: {
    readonly callId: CallId;
    readonly roomName: string;
    readonly agent: string | null;
    readonly ownerKeyId: string | null;
  }): void;
  roomNews(news: RoomNews): void;
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>;
}

export function createCallRegister(deps: {
  readonly database: () => Database;
  /** The agent of a call that names none; null while nobody has said. */
  readonly defaultAgent: () => string | null;
  readonly nowEpochMs: () => number;
  readonly onStored: (change: CallChange) => void;
  readonly log: Logger;
}): CallRegister {
  const underWay = new Set<Promise<void>>();

  /** A call goes on whether or not it is noted here; the journal of its agent makes up for it. */
  const note = (callId: CallId, task: () => Promise<void>) => {
    const running = task()
      .catch((error: unknown) => {
        const level = isDatabaseAway(error) ? 'debug' : 'error';
        deps.log[level]({ err: error, callId }, 'what was seen of a call could not be noted');
      })
      .finally(() => underWay.delete(running));
    underWay.add(running);
  };

  return {
    opened({ callId, roomName, agent, ownerKeyId }) {
      const createdAtMs = deps.nowEpochMs();
      note(callId, async () => {
        const { db, dialect } = deps.database();
        const call = { callId, roomName, agent: agent ?? deps.defaultAgent() ?? '', ownerKeyId, createdAtMs };
        await enterCall(db, call);
        const row = await lockCall(db, dialect, callId);
        if (row !== null) deps.onStored({ call: summaryOfRow(row, []), ownerKeyId, turns: [] });
      });
    },
    roomNews(news) {
      if (news.type !== 'personJoined' || news.person.role !== 'human') return;
      note(news.callId, async () => noteCallerSeen(deps.database().db, news.callId));
    },
    async close() {
      await Promise.all(underWay);
    },
  };
}

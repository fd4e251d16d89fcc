import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Place } from '../parley/place.ts';
import { findInstalledLivekitServer, LIVEKIT_SERVER_VERSION } from '../sfu/find-livekit-server.ts';
import { type Finding, fault, sound, warning } from './finding.ts';

const WHAT = 'livekit-server';
const ANSWER_WITHIN_MS = 5_000;

/** Whether there is a livekit-server: one that runs elsewhere answers to our keys, or one can be started here. */
export async function sfuFinding(options: {
  readonly place: Place;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}): Promise<Finding> {
  const { place, env, signal } = options;
  if (place.sfu.kind === 'given') return askServer(place);
  const installed = await findInstalledLivekitServer({ env, signal });
  if (installed !== null) return sound(WHAT, `${installed.way}: ${installed.path}`);
  const hasGo = (env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'go')));
  const isReleased = process.platform === 'linux';
  if (!hasGo && !isReleased) {
    const cure = 'install it (on macOS: brew install livekit), install Go, or set LIVEKIT_URL';
    return fault(WHAT, `none here, and none is published for ${process.platform}`, cure);
  }
  const ways = [...(isReleased ? ['downloaded'] : []), ...(hasGo ? ['built by go'] : [])].join(' or ');
  return warning(WHAT, `none here yet: at the first start ${LIVEKIT_SERVER_VERSION} is ${ways}`, 'npm start');
}

/** Asks for the list of rooms, which needs the right keys. */
async function askServer({ livekit }: Place): Promise<Finding> {
  const { RoomServiceClient } = await import('livekit-server-sdk');
  const { url, apiKey, apiSecret } = livekit;
  const client = new RoomServiceClient(url.replace(/^ws/, 'http'), apiKey, apiSecret, {
    requestTimeout: ANSWER_WITHIN_MS / 1_000,
  });
  try {
    const rooms = await client.listRooms();
    return sound(WHAT, `${url} answers, ${rooms.length} rooms`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const isRefused = /unauth|permission|401|403/i.test(why);
    const cure = isRefused
      ? 'correct LIVEKIT_API_KEY and LIVEKIT_API_SECRET'
      : 'start that server, or correct LIVEKIT_URL';
    return fault(WHAT, `${url}: ${why}`, cure);
  }
}

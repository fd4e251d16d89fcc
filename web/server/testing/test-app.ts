import type { CallNotice } from '@parley/contracts/call-notice';
import type { JobMetadata } from '@parley/contracts/dispatch';
import type { Health } from '@parley/contracts/http-api';
import { type CallId, callIdSchema } from '@parley/contracts/ids';
import type { WorkerReport } from '@parley/contracts/internal-api';
import type { RoomCommand } from '@parley/contracts/room-command';
import { NO_PRICES } from '@parley/engine/cost/price-table';
import { pino } from 'pino';
import { createAccessGuard } from '../access/access-guard.ts';
import { createApiKeyStore } from '../api-keys/api-key-store.ts';
import { createApiKeys } from '../api-keys/api-keys.ts';
import { type AppDeps, createApp } from '../app.ts';
import type { CallRecorder } from '../calls/call-recorder.ts';
import { createCallRecorder } from '../calls/call-recorder.ts';
import { takeSeat } from '../calls/call-rows.ts';
import type { CallWatcher, RoomNews } from '../calls/call-watcher.ts';
import { createClaims } from '../calls/claims.ts';
import { createCallEraser } from '../calls/delete-call.ts';
import { journalsJson } from '../calls/journal-rows.ts';
import { createNoticeBoard } from '../calls/notice-board.ts';
import type { Database } from '../database/database.ts';
import { DatabaseError } from '../database/database-error.ts';
import type { ServerEnv } from '../http/client-address.ts';
import { createRateLimit } from '../http/rate-limit.ts';
import { createSiteRules } from '../http/site.ts';
import { createLiveFeed, type LiveFeed } from '../live/live-feed.ts';
import type { Person, Sfu } from '../livekit/sfu.ts';
import { createSfuReach } from '../livekit/sfu-reach.ts';
import { createLoginStore } from '../login/login-store.ts';
import { createLogins } from '../login/logins.ts';
import { meterRequests } from '../metrics/meter-requests.ts';
import { createServerMetrics } from '../metrics/server-metrics.ts';
import type { ObjectStore } from '../object-store/object-store.ts';
import { readOutgoingUrl } from '../outgoing/outgoing-guard.ts';
import { createCallFiles } from '../recordings/call-files.ts';
import { createMovedFiles } from '../recordings/moved-files.ts';
import { createRecordingLinks } from '../recordings/recording-links.ts';
import { storeUpload } from '../recordings/uploaded-files.ts';
import { createVirtualClock } from '../runtime/testing/virtual-clock.ts';
import { createRejoinSecrets } from '../token/rejoin-secret.ts';
import type { WebhookEndpointDeps } from '../webhooks/webhook-routes.ts';
import { createWebhookStore } from '../webhooks/webhook-store.ts';
import { createWorkerRegistry } from '../workers/worker-registry.ts';

export const TEST_KEY = { apiKey: 'key', apiSecret: 'a-secret-of-thirty-two-characters' };
export const ACCESS_KEY = 'open-sesame-open-sesame';

/** A livekit-server in memory. Replace a method to make it fail. */
export interface SimulatedSfu extends Sfu {
  readonly created: { readonly roomName: string; readonly job: JobMetadata }[];
  readonly dispatched: { readonly roomName: string; readonly job: JobMetadata }[];
  readonly noticed: { readonly roomName: string; readonly notice: CallNotice }[];
  readonly commanded: { readonly roomName: string; readonly command: RoomCommand }[];
  readonly closed: string[];
  readonly present: Map<
    CallId,
    { readonly roomName: string; people: readonly Person[]; identities?: readonly string[] }
  >;
}

export function createSimulatedSfu(): SimulatedSfu {
  const sfu: SimulatedSfu = {
    created: [],
    dispatched: [],
    noticed: [],
    commanded: [],
    closed: [],
    present: new Map(),
    async createRoom(roomName, job) {
      sfu.created.push({ roomName, job });
      const callId = callIdSchema.parse(`RM_${sfu.created.length}`);
      sfu.present.set(callId, { roomName, people: [] });
      return callId;
    },
    rooms: async () => [...sfu.present].map(([callId, { roomName }]) => ({ callId, roomName })),
    callIn: async (wanted) => [...sfu.present].find(([, { roomName }]) => roomName === wanted)?.[0] ?? null,
    identities: async (wanted) =>
      [...sfu.present.values()].find(({ roomName }) => roomName === wanted)?.identities ?? [],
    people: async (_roomName, callId) => sfu.present.get(callId)?.people ?? [],
    dispatches: async (wanted) =>
      [...sfu.created, ...sfu.dispatched].filter(({ roomName }) => roomName === wanted).map(({ job }) => job),
    dispatch: async (roomName, job) => void sfu.dispatched.push({ roomName, job }),
    sendNotice: async (roomName, notice) => void sfu.noticed.push({ roomName, notice }),
    sendCommand: async (roomName, _callId, command) => void sfu.commanded.push({ roomName, command }),
    closeRoom: async (roomName) => void sfu.closed.push(roomName),
    ping: async () => {},
  };
  return sfu;
}

/** A worker's report, as a ready worker of one agent sends it. */
export function workerReport(changes: Partial<WorkerReport> = {}): WorkerReport {
  const stage = { provider: 'embedded', reason: 'no key is set', upgrade: 'set a key' };
  return {
    workerId: 'worker-1',
    state: 'ready',
    isRegistered: true,
    calls: 0,
    maxCalls: 20,
    stages: { vad: stage, stt: stage, llm: stage, tts: stage },
    agents: [
      {
        name: 'receptionist',
        title: 'Receptionist',
        description: 'Answers the phone',
        language: 'en',
        isPublic: false,
        contentHash: 'hash',
      },
    ],
    defaultAgent: 'receptionist',
    definitionFaults: [],
    ...changes,
  };
}

/** The app with an SFU in memory, and what it was told. */
export function createTestApp(
  options: {
    readonly accessKey?: string;
    /** Default where there is an access key. */
    readonly isExposed?: boolean;
    readonly host?: string;
    readonly publicUrl?: string;
    readonly allowedOrigins?: readonly string[];
    readonly trustedProxies?: number;
    readonly tokensPerMinute?: number;
    readonly clientDir?: string;
    readonly nowEpochS?: () => number;
    readonly key?: typeof TEST_KEY;
    /** Default a new one. */
    readonly sfu?: SimulatedSfu;
    /** Default one that does not answer. */
    readonly database?: Database;
    /** Default one that is not there. */
    readonly dataDir?: string;
    /** Where recordings were moved to; default nowhere. */
    readonly store?: ObjectStore;
    readonly live?: LiveFeed;
    /** What takes in journals; default nothing. */
    readonly recorder?: Pick<CallRecorder, 'forget'>;
    /** Default one that sends nothing. */
    readonly webhookSender?: WebhookEndpointDeps['webhookSender'];
    /** Default one that lets nothing but the internet be named. */
    readonly outgoing?: WebhookEndpointDeps['outgoing'];
    /** What the database is said to be; default that it answers. */
    readonly databaseHealth?: Health['database'];
  } = {},
) {
  const sfu = options.sfu ?? createSimulatedSfu();
  const clock = createVirtualClock();
  const workers = createWorkerRegistry({ clock });
  const log = pino({ level: 'silent' });
  const claims = createClaims({
    takeSeat: async (claim) => takeSeat(database().db, claim),
    clock,
    log,
  });
  const notices = createNoticeBoard({ clock });
  const opened: Parameters<CallWatcher['opened']>[0][] = [];
  const roomNews: RoomNews[] = [];
  const trustedProxies = options.trustedProxies ?? 0;
  const { host = '127.0.0.1', publicUrl = null, allowedOrigins = [] } = options;
  const nowEpochS = options.nowEpochS ?? (() => 1_000);
  const nowEpochMs = () => 1_000 * nowEpochS();
  const database = () => {
    if (options.database !== undefined) return options.database;
    throw new DatabaseError('unreachable', 'there is no database');
  };
  const apiKeys = createApiKeys({ store: createApiKeyStore(database), nowEpochMs });
  const logins = createLogins({ store: createLoginStore(database), nowEpochMs });
  const live = options.live ?? createLiveFeed();
  const metrics = createServerMetrics();
  const { dataDir = '/nonexistent' } = options;
  const local = createCallFiles({ dataDir });
  const { store } = options;
  const files = store === undefined ? local : createMovedFiles({ local, store, database });
  const recorder = createCallRecorder({ database, prices: NO_PRICES, clock, log, onStored: () => {} });
  const ending = new AbortController();
  const siteRules = createSiteRules({ host, publicUrl, allowedOrigins, trustedProxies });
  const awaited = new Set<CallId>();
  let made = 0;
  const deps: AppDeps = {
    key: options.key ?? TEST_KEY,
    tokenTtlS: 600,
    trustedProxies,
    sfu,
    workers,
    calls: { opened: (call) => void opened.push(call), awaitsAgent: (callId) => awaited.has(callId) },
    notices,
    database,
    live,
    files,
    eraser: createCallEraser({
      database,
      files,
      recorder: options.recorder ?? { forget: () => {} },
      live,
      nowEpochMs,
    }),
    recordingLinks: createRecordingLinks({ key: options.key ?? TEST_KEY, nowEpochS }),
    nowEpochS,
    nowEpochMs,
    clock,
    runId: 'run',
    ending: ending.signal,
    apiKeys,
    logins,
    webhooks: createWebhookStore({ database, nowEpochMs }),
    webhookSender: options.webhookSender ?? { wake: () => {}, tryOut: async () => null },
    outgoing: options.outgoing ?? { check: (url) => void readOutgoingUrl(url, []) },
    access: createAccessGuard({
      accessKey: options.accessKey ?? null,
      isExposed: options.isExposed ?? options.accessKey !== undefined,
      apiKeys,
      logins,
      siteRules,
      trustedProxies,
      nowEpochS,
    }),
    siteRules,
    rateLimit: createRateLimit({ perMinute: options.tokensPerMinute ?? 1_000_000, what: 'call tokens' }),
    rejoinLimit: createRateLimit({
      perMinute: options.tokensPerMinute ?? 1_000_000,
      what: 'returns to a call',
    }),
    rejoinSecrets: createRejoinSecrets({ key: options.key ?? TEST_KEY, nowEpochS }),
    newRoomId: () => `ROOM${++made}`,
    newCallerId: () => `id${made}`,
    sfuReach: createSfuReach({ sfu, clock }),
    metricsAddress: () => 'http://127.0.0.1:9464/metrics',
    requestMeter: meterRequests({ metrics, clock }),
    onClaim: claims.claim,
    onShipment: recorder.store,
    journalsJson: async (callId, seat) => journalsJson(database().db, callId, seat),
    onUpload: (file) => storeUpload({ dataDir, database }, file),
    databaseReach: { look: async () => options.databaseHealth ?? { status: 'ok', message: '' } },
    onReport: workers.report,
    onRoomNews: (news) => void roomNews.push(news),
    clientDir: options.clientDir ?? '/nonexistent',
    allowedOrigins,
    isHttpsOnly: publicUrl?.startsWith('https:') ?? false,
    log,
  };
  const app = createApp(deps);
  const request = (path: string, init?: RequestInit, address = '127.0.0.1') =>
    app.request(path, init, { incoming: { socket: { remoteAddress: address } } } as ServerEnv['Bindings']);
  const post = (path: string, body: unknown, headers: Record<string, string> = {}, address?: string) =>
    request(
      path,
      { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) },
      address,
    );
  return {
    app,
    request,
    post,
    live,
    metrics,
    files,
    ending,
    sfu,
    clock,
    workers,
    claims,
    notices,
    opened,
    awaited,
    roomNews,
  };
}

import { randomBytes, randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { WorkerReport } from '@parley/contracts/internal-api';
import type { Logger } from 'pino';
import { ulid } from 'ulid';
import { createAccessGuard } from './access/access-guard.ts';
import { createApiKeyStore } from './api-keys/api-key-store.ts';
import { createApiKeys } from './api-keys/api-keys.ts';
import { type AppDeps, createApp, createInternalApp } from './app.ts';
import { startCallRecords } from './calls/call-records.ts';
import { startCallWatcher } from './calls/call-watcher.ts';
import { createCallEraser } from './calls/delete-call.ts';
import { createNoticeBoard } from './calls/notice-board.ts';
import { type Settings, SettingsError } from './config/settings.ts';
import { openDatabaseDoor } from './database/database-door.ts';
import { createDatabaseReach } from './database/database-reach.ts';
import { openDatabase } from './database/open-database.ts';
import { type Listener, listen } from './http/listen.ts';
import { createRateLimit } from './http/rate-limit.ts';
import { createSiteRules } from './http/site.ts';
import { createLiveFeed } from './live/live-feed.ts';
import { createRtcProxy } from './livekit/rtc-proxy.ts';
import { createSfu } from './livekit/sfu.ts';
import { createSfuReach } from './livekit/sfu-reach.ts';
import { createLoginStore } from './login/login-store.ts';
import { createLogins } from './login/logins.ts';
import { meterRequests } from './metrics/meter-requests.ts';
import { openMetrics } from './metrics/open-metrics.ts';
import { createServerMetrics } from './metrics/server-metrics.ts';
import { createOutgoing } from './outgoing/outgoing.ts';
import { openRecordings } from './recordings/open-recordings.ts';
import { createRecordingLinks } from './recordings/recording-links.ts';
import { startRetention } from './retention/retention.ts';
import { type Clock, wallClockEpochMs, wallClockEpochS } from './runtime/clock.ts';
import { createRejoinSecrets } from './token/rejoin-secret.ts';
import { startWebhookSender } from './webhooks/webhook-sender.ts';
import { createWebhookStore } from './webhooks/webhook-store.ts';
import { createWorkerRegistry } from './workers/worker-registry.ts';

/** Recordings of an hour arrive over lines of 1 Mbit/s. */
const UPLOAD_TIMEOUT_MS = 3_600_000;

/** Parts that the range from 0 to 1 is cut into for a random number. */
const RANDOM_STEPS = 2 ** 32;

/** A running web server. */
export interface WebServer {
  readonly port: number;
  /** Stops listening and ends every connection; calls go on without it. */
  close(): Promise<void>;
}

/** Starts the server. Rejects with `SettingsError` or `ListenError`. */
export async function startServer(deps: {
  readonly settings: Settings;
  /** Folder of the built web client. */
  readonly clientDir: string;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<WebServer> {
  const { settings, clock, log } = deps;
  const { livekit: key, trustedProxies } = settings;
  const tls = await readTls(settings.tls);
  const { databaseUrl, dataDir } = settings;
  const database = await openDatabaseDoor({
    open: () =>
      openDatabase({
        databaseUrl,
        dataDir,
        clock,
        nowEpochMs: wallClockEpochMs(),
        onConnectionLost: (error) => log.warn({ err: error }, 'a connection of the database was lost'),
      }),
    clock,
    log,
  });
  const sfu = createSfu(key);
  const sfuReach = createSfuReach({ sfu, clock });
  const metrics = createServerMetrics();
  metrics.watchProcess();
  let metricsAddress: string | undefined;
  const workers = createWorkerRegistry({ clock });
  const live = createLiveFeed();
  const random = () => randomInt(RANDOM_STEPS) / RANDOM_STEPS;
  const recordings = openRecordings({
    dataDir,
    bucket: settings.recordingsBucket,
    database: database.current,
    clock,
    nowEpochMs: wallClockEpochMs,
    random,
    log,
  });
  const { files } = recordings;
  const outgoing = createOutgoing({ allow: settings.outgoingAllow });
  const webhooks = createWebhookStore({ database: database.current, nowEpochMs: wallClockEpochMs });
  const webhookSender = startWebhookSender({
    database: database.current,
    webhooks,
    outgoing,
    clock,
    nowEpochMs: wallClockEpochMs,
    random,
    log,
  });
  const records = startCallRecords({
    door: database,
    dataDir,
    prices: settings.prices,
    files,
    onWhole: recordings.onWhole,
    sfu,
    live,
    defaultAgent: workers.defaultAgent,
    wakeSender: webhookSender.wake,
    clock,
    nowEpochMs: wallClockEpochMs,
    log,
  });
  const { claims } = records;
  const notices = createNoticeBoard({ clock });
  const calls = startCallWatcher({ sfu, claims, workers, notices, clock, log });

  const onReport = (report: WorkerReport) => {
    const readyBefore = workers.supply(null).ready;
    workers.report(report);
    records.agents.report(report);
    if (workers.supply(null).ready > readyBefore) calls.workerCameFree();
  };
  const apiKeys = createApiKeys({
    store: createApiKeyStore(database.current),
    nowEpochMs: wallClockEpochMs,
  });
  const logins = createLogins({ store: createLoginStore(database.current), nowEpochMs: wallClockEpochMs });
  const eraser = createCallEraser({
    database: database.current,
    files,
    recorder: records.recorder,
    live,
    nowEpochMs: wallClockEpochMs,
  });
  const { retentionDays } = settings;
  const retention = startRetention({
    database: database.current,
    eraser,
    files,
    retentionDays,
    clock,
    nowEpochMs: wallClockEpochMs,
    log,
  });
  const siteRules = createSiteRules(settings);
  const ending = new AbortController();
  const appDeps: AppDeps = {
    key,
    tokenTtlS: settings.tokenTtlS,
    trustedProxies,
    sfu,
    workers,
    calls: {
      ...calls,
      opened(call) {
        calls.opened(call);
        records.register.opened(call);
      },
    },
    notices,
    database: database.current,
    live,
    files,
    eraser,
    recordingLinks: createRecordingLinks({ key, nowEpochS: wallClockEpochS }),
    nowEpochS: wallClockEpochS,
    nowEpochMs: wallClockEpochMs,
    clock,
    runId: ulid(),
    ending: ending.signal,
    apiKeys,
    logins,
    webhooks,
    webhookSender,
    outgoing,
    access: createAccessGuard({
      accessKey: settings.accessKey,
      isExposed: settings.isExposed,
      apiKeys,
      logins,
      siteRules,
      trustedProxies,
      nowEpochS: wallClockEpochS,
    }),
    siteRules,
    rateLimit: createRateLimit({ perMinute: settings.tokensPerMinute, what: 'call tokens' }),
    rejoinLimit: createRateLimit({ perMinute: settings.tokensPerMinute, what: 'returns to a call' }),
    rejoinSecrets: createRejoinSecrets({ key, nowEpochS: wallClockEpochS }),
    newRoomId: () => ulid(),
    newCallerId: () => randomBytes(8).toString('hex'),
    sfuReach,
    metricsAddress: () => metricsAddress,
    requestMeter: meterRequests({ metrics, clock }),
    databaseReach: createDatabaseReach({ database: database.current, clock }),
    async onClaim(claim) {
      const answer = await claims.claim(claim);
      if (answer.kind === 'granted') calls.claimGranted(claim);
      return answer;
    },
    onReport,
    onShipment: records.recorder.store,
    journalsJson: records.journalsJson,
    onUpload: records.storeUpload,
    onRoomNews(news) {
      calls.roomNews(news);
      records.register.roomNews(news);
    },
    clientDir: deps.clientDir,
    allowedOrigins: settings.allowedOrigins,
    isHttpsOnly: settings.publicUrl?.startsWith('https:') ?? false,
    log,
  };

  const listeners: Listener[] = [];
  const close = async () => {
    ending.abort();
    await Promise.all(listeners.map((listener) => listener.close()));
    await calls.close();
    await retention.close();
    await records.close();
    await recordings.close();
    await webhookSender.close();
    await outgoing.close();
    await database.close();
  };
  const { host, port, internalBind } = settings;
  const rtcProxy = createRtcProxy({ livekitUrl: key.url, isBehindProxy: trustedProxies > 0, log });
  try {
    const metricsListener = await openMetrics({
      metrics,
      bind: settings.metricsBind,
      waitingRecordings: recordings.waiting,
      workers,
      sfuReach,
      database: database.current,
      live,
      clock,
      nowEpochMs: wallClockEpochMs,
    });
    listeners.push(metricsListener);
    metricsAddress = metricsListener.address;
    const main = await listen({
      app: createApp(appDeps),
      rtcProxy,
      host,
      port,
      portVariable: 'PORT',
      tls,
      clock,
    });
    listeners.push(main);
    if (internalBind !== null) {
      const app = createInternalApp(appDeps);
      const portVariable = 'PARLEY_INTERNAL_BIND';
      const requestTimeoutMs = UPLOAD_TIMEOUT_MS;
      listeners.push(
        await listen({
          app,
          rtcProxy: null,
          ...internalBind,
          portVariable,
          tls: null,
          requestTimeoutMs,
          clock,
        }),
      );
    }
    log.info(
      { host, port: main.port, internalBind, metricsAddress, isHttps: tls !== null },
      'web server listening',
    );
    return { port: main.port, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function readTls(
  files: Settings['tls'],
): Promise<{ readonly cert: string; readonly key: string } | null> {
  if (files === null) return null;
  const read = async (variable: string, file: string) => {
    try {
      return await readFile(file, 'utf8');
    } catch (cause) {
      throw new SettingsError([
        `${variable} is ${JSON.stringify(file)}, but it cannot be read: ${(cause as Error).message}`,
      ]);
    }
  };
  return {
    cert: await read('PARLEY_TLS_CERT', files.certFile),
    key: await read('PARLEY_TLS_KEY', files.keyFile),
  };
}

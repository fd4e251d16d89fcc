import type { AgentDefinition } from '@parley/contracts/agent-definition';
import { CALL_EVENT_VERSION, type JournalHeader } from '@parley/contracts/call-event';
import { BUILTIN_TOOLS } from '@parley/engine/call/builtin-tools';
import { ENGINE_VERSION } from '@parley/engine/call/reduce';
import { instructionsOf } from '@parley/engine/conversation/instructions';
import type { PriceTable } from '@parley/engine/cost/price-table';
import type { EarlierCall } from '@parley/engine/replay/resume-journals';
import type { Logger } from 'pino';
import type { DefinitionSet } from '../definitions/definition-set.ts';
import { createDecodeAside } from '../pre-connect/decode-aside.ts';
import { type Clock, createMonotonicClock, wallClockEpochMs } from '../runtime/clock.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import type { ProviderHealth } from '../runtime/provider-health.ts';
import { createTaskGroup } from '../runtime/task-group.ts';
import type { Shipper } from '../shipping/shipper.ts';
import type { RoomConnection } from '../transport/contract.ts';
import { joinRoom } from '../transport/join-room.ts';
import type { ReadCommand } from '../transport/read-command.ts';
import { type AssignedCall, CallStopped, type RunCall, type RunCallOptions } from '../worker/contract.ts';
import { CallError } from './call-error.ts';
import { openCallPipeline } from './call-pipeline.ts';
import { openCallRecording } from './call-recording.ts';
import { callSettings } from './call-settings.ts';
import { openCallStages } from './call-stages.ts';
import type { WatchCall } from './call-watch.ts';
import { type AskServer, findEarlierCall } from './earlier-call.ts';
import { closesRoom, endReasonOf } from './end-reasons.ts';
import { openJournal } from './journal.ts';
import type { Lease } from './leases.ts';
import { createLiveRecord } from './live-record.ts';
import type { StageOrder } from './stages.ts';
import { unpricedModels } from './unpriced-models.ts';
import { warmStages } from './warm-stages.ts';

/** Runs calls with the agents and stages of this process. */
export function createRunCall(deps: {
  readonly dataDir: string;
  /** A call keeps the definition with which it began. */
  readonly definitions: () => DefinitionSet;
  readonly prices: PriceTable;
  readonly takeStages: (definition: AgentDefinition) => Lease<StageOrder>;
  readonly health: ProviderHealth;
  /** Deletes a LiveKit room, which ends its call for everyone. */
  readonly deleteRoom: (roomName: string) => Promise<void>;
  readonly readCommand: ReadCommand;
  readonly randomSeed: () => number;
  /** What the server has of a call's earlier generations; null: there is no server. */
  readonly askServer: AskServer | null;
  /** Ships the journals; null: there is no server. */
  readonly shipper: Shipper | null;
  /** Recordings go to the server as they are, a part from each process. */
  readonly sendsFiles: boolean;
  readonly watchCall: WatchCall;
  /** The process's own. */
  readonly clock: Clock;
  readonly log: Logger;
}): RunCall {
  const runWith = async (
    call: AssignedCall,
    definition: AgentDefinition,
    order: StageOrder,
    { signal: stopped, acquireJoin }: RunCallOptions,
  ) => {
    const { callId, metadata, roomName } = call;
    const { hedgeAfterMs } = definition.switching;
    const log = deps.log.child({ callId, agent: definition.name, generation: metadata.generation });
    const nowEpochMs = wallClockEpochMs();
    const earlier = await findEarlierCall({ ...deps, callId, ...metadata, nowEpochMs, log });
    const { startedAtEpochMs, startsAtMs } = callClockOf(earlier, nowEpochMs);
    const clock = createMonotonicClock(startsAtMs);
    const settings = { ...callSettings(call, definition, order, deps.prices, startedAtEpochMs), startsAtMs };
    const unpriced = unpricedModels(definition, order, deps.prices);
    if (unpriced.length > 0)
      log.warn({ models: unpriced }, 'without a price these count as nothing towards maxCostUsd');
    const fence = new AbortController();
    const signal = AbortSignal.any([stopped, fence.signal]);
    const onSuperseded = (heldGeneration: number) => {
      log.warn({ heldGeneration }, 'the server says that another process has the call');
      fence.abort(new CallStopped('superseded'));
    };
    const header: JournalHeader = {
      line: 'header',
      v: CALL_EVENT_VERSION,
      engineVersion: ENGINE_VERSION,
      callId,
      seat: metadata.seat,
      generation: metadata.generation,
      roomName,
      agent: definition.name,
      agentVersion: metadata.version ?? null,
      ...(metadata.ownerKeyId === undefined ? {} : { ownerKeyId: metadata.ownerKeyId }),
      startedAtEpochMs,
      settings: { ...settings },
      seed: deps.randomSeed(),
    };
    const watch = deps.watchCall(header);
    const journal = openJournal({
      dataDir: deps.dataDir,
      follow: deps.shipper?.follow(onSuperseded),
      header,
      log,
    });
    const group = createTaskGroup();
    try {
      const room = await join(call, order, { ...deps, acquireJoin, signal, clock, log });
      const trackRateHz = room.sink.sampleRateHz;
      const { dataDir } = deps;
      const recording = openCallRecording({
        call,
        definition,
        dataDir,
        startedAtEpochMs,
        clock,
        trackRateHz,
        joinsParts: !deps.sendsFiles,
        log,
      });
      try {
        log.info({ personal: { roomName } }, 'call begun');
        const pipeline = openCallPipeline({
          room,
          openStages: (news) =>
            openCallStages({ order, hedgeAfterMs, health: deps.health, news, clock, log }),
          settings,
          brief: (language) => ({
            instructions: instructionsOf({ ...definition, language }),
            tools: BUILTIN_TOOLS,
          }),
          carried: metadata.resumes ? (earlier?.carried ?? null) : null,
          clock,
          journal,
          record: createLiveRecord(header, watch.seen),
          playoutWoken: watch.playoutWoken,
          recorder: recording.recorder,
          decodeKeptSound: createDecodeAside({ clock, log }),
          log,
          spawn: group.spawn,
        });
        const stop = () => pipeline.end(endReasonOf(signal.reason));
        group.onFailure(() => pipeline.end('agent_failed'));
        signal.addEventListener('abort', stop, { once: true });
        if (signal.aborted) stop();
        group.spawn(async () => {
          await warmStages(pipeline.stages).catch((error) => {
            // A vendor that fails now may not in a moment; the caller is greeted by what was made ready before.
            if (!(error instanceof ProviderError) || error.code === 'bad_request') throw error;
            log.warn({ err: error }, 'a stage is not warm');
          });
          pipeline.ready();
        });
        const reason = await pipeline.ended;
        signal.removeEventListener('abort', stop);
        log.info({ reason }, 'call ended');
        await pipeline.close();
        group.spawn(() => recording.finish(reason));
        if (closesRoom(reason)) await room.deleteRoom().catch((err) => log.warn({ err }, 'room not deleted'));
      } finally {
        await room.close();
        await recording.finish('agent_failed');
      }
    } finally {
      await group.close();
      journal.close();
      watch.close();
    }
    group.rethrow();
  };

  return async (call, options) => {
    const definition = definitionFor(call, deps.definitions());
    const { value: order, release } = deps.takeStages(definition);
    try {
      await runWith(call, definition, order, options);
    } finally {
      release();
    }
  };
}

/** Joins the room, with a few other calls at the most at the same time. */
async function join(
  call: AssignedCall,
  { tts: [{ stage, voice }] }: StageOrder,
  options: {
    readonly acquireJoin: () => Promise<() => void>;
    readonly signal: AbortSignal;
    readonly clock: Clock;
    readonly log: Logger;
    readonly deleteRoom: (roomName: string) => Promise<void>;
    readonly readCommand: ReadCommand;
  },
): Promise<RoomConnection> {
  const release = await options.acquireJoin();
  try {
    return await joinRoom({
      url: call.url,
      token: call.token,
      sampleRateHz: stage.sampleRateHz(voice),
      clock: options.clock,
      log: options.log,
      signal: options.signal,
      readCommand: (token) => options.readCommand(token, call.callId),
      deleteRoom: () => options.deleteRoom(call.roomName),
    });
  } finally {
    release();
  }
}

function definitionFor(call: AssignedCall, { agents, defaultAgent }: DefinitionSet): AgentDefinition {
  const name = call.metadata.agent ?? defaultAgent;
  const agent = name === null ? undefined : agents.get(name);
  if (agent !== undefined) return agent.definition;
  const known = [...agents.keys()].join(', ') || 'none';
  throw new CallError('unknown_agent', `no agent is named "${name}"; this worker has: ${known}`);
}

/** One clock for all generations of a call; it never goes back behind what an earlier one has written. */
function callClockOf(earlier: EarlierCall | null, nowEpochMs: number) {
  if (earlier === null) return { startedAtEpochMs: nowEpochMs, startsAtMs: 0 };
  const { startedAtEpochMs, lastAtMs } = earlier;
  return { startedAtEpochMs, startsAtMs: Math.max(lastAtMs + 1, nowEpochMs - startedAtEpochMs) };
}

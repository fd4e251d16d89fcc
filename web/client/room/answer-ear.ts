import { RPC } from '@parley/contracts/room-protocol';
import { type LocalAudioTrack, type RemoteAudioTrack, type Room, RpcError } from 'livekit-client';
import { createEarDelay } from './ear-delay.ts';

/** Tells the agent, when it asks, how long sound takes in this page. `signal` ends it. */
export function answerEar(options: {
  readonly room: Room;
  readonly isAgent: (identity: string) => boolean;
  readonly agentTrack: () => RemoteAudioTrack | null;
  readonly microphone: () => LocalAudioTrack | null;
  readonly signal: AbortSignal;
}): void {
  const { room, isAgent, agentTrack, microphone, signal } = options;
  const readOutputMs = openOutputDelay(signal);
  const readEarDelay = createEarDelay({
    readStats: async () => agentTrack()?.getRTCStatsReport(),
    readOutputMs,
    readCaptureMs: () => captureMsOf(microphone()),
  });
  room.registerRpcMethod(RPC.ear, async ({ callerIdentity }) => {
    if (!isAgent(callerIdentity)) throw failed('only the agent of the call is told');
    const report = await readEarDelay();
    if (report === null) throw failed('it is not known yet');
    return JSON.stringify(report);
  });
}

function failed(message: string): RpcError {
  return new RpcError(RpcError.ErrorCode.APPLICATION_ERROR, message);
}

/** Chromium tells the latency of a microphone in its settings; the type of the standard lacks it. */
function captureMsOf(track: LocalAudioTrack | null): number | null {
  const settings: (MediaTrackSettings & { readonly latency?: number }) | undefined =
    track?.mediaStreamTrack.getSettings();
  return settings?.latency === undefined ? null : settings.latency * 1000;
}

/** Of the output device, by a context of its own that plays nothing: opened when it is first asked for. */
function openOutputDelay(signal: AbortSignal): () => number | null {
  let context: AudioContext | null = null;
  const close = () => {
    // It may be closed already, by a browser that took the page's sound away.
    context?.close().catch(() => undefined);
  };
  signal.addEventListener('abort', close, { once: true });
  return () => {
    if (signal.aborted) return null;
    context ??= new AudioContext();
    const seconds = context.outputLatency || context.baseLatency;
    return seconds > 0 ? seconds * 1000 : null;
  };
}

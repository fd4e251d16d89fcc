import { AudioFrame, AudioSource, AudioStream, LocalAudioTrack, Room, RoomEvent, TrackPublishOptions, TrackSource, TrackKind, type RemoteTrack } from '@livekit/rtc-node';
import { AccessToken } from 'livekit-server-sdk';
import { it } from 'vitest';
import { monotonicNowMs as now } from '../../callers/monotonic.ts';
import { startTestSfu } from '../../sfu/test-sfu.ts';
const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms));
function summarise(stats: any[]) {
  const out: any = {};
  for (const { stats: s } of stats) {
    if (s.case === 'candidatePair') (out.pairs ??= []).push({ n: s.value.candidatePair?.nominated, st: s.value.candidatePair?.state, rtt: s.value.candidatePair?.currentRoundTripTime, t: s.value.candidatePair?.totalRoundTripTime, c: String(s.value.candidatePair?.responsesReceived) });
    if (s.case === 'inboundRtp') (out.inb ??= []).push({ kind: s.value.stream?.kind, ti: s.value.inbound?.trackIdentifier, jb: s.value.inbound?.jitterBufferDelay, n: String(s.value.inbound?.jitterBufferEmittedCount), tgt: s.value.inbound?.jitterBufferTargetDelay, min: s.value.inbound?.jitterBufferMinimumDelay, proc: s.value.inbound?.totalProcessingDelay, tsd: s.value.inbound?.totalSamplesDuration });
    if (s.case === 'transport') out.tr = { sel: s.value.transport?.selectedCandidatePairId };
    if (s.case === 'remoteInboundRtp') out.ri = s.value.remoteInbound?.roundTripTime;
    if (s.case === 'outboundRtp') (out.outb ??= []).push({ d: s.value.outbound?.totalPacketSendDelay });
    if (s.case === 'mediaPlayout') out.mp = s.value.audioPlayout?.totalPlayoutDelay;
  }
  return out;
}
it('exp', async () => {
  const sfu = await startTestSfu();
  const token = async (identity: string, agent: boolean) => {
    const t = new AccessToken(sfu.apiKey, sfu.apiSecret, { identity });
    t.addGrant({ room: 'x', roomJoin: true, canPublish: true, canSubscribe: true, canPublishData: true, agent });
    if (agent) t.kind = 'agent';
    return t.toJwt();
  };
  const join = async (id: string, agent: boolean, frameMs: number, rate: number) => {
    const room = new Room();
    const onsets: number[] = [];
    room.on(RoomEvent.TrackSubscribed, async (track: RemoteTrack) => {
      if (track.kind !== TrackKind.KIND_AUDIO) return;
      let quietSince = 0; let wasLoud = false;
      console.log(id, 'track sid', track.sid);
      for await (const f of new AudioStream(track, { sampleRate: rate, numChannels: 1, frameSizeMs: frameMs })) {
        const at = now();
        const first = f.data.findIndex((v) => Math.abs(v) > 2000);
        if (first >= 0) { if (!wasLoud) { onsets.push(at - frameMs + (first * 1000) / rate, at); } wasLoud = true; quietSince = at; }
        else if (at - quietSince > 300) wasLoud = false;
      }
    });
    await room.connect(sfu.url, await token(id, agent), { autoSubscribe: true, dynacast: false });
    const source = new AudioSource(16000, 1, 160);
    await room.localParticipant!.publishTrack(LocalAudioTrack.createAudioTrack('m', source), new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE }));
    return { room, source, onsets };
  };
  const a = await join('agent', true, 32, 16000);
  const b = await join('ann', false, 10, 48000);
  await sleep(1500);
  const tone = (ms: number) => Int16Array.from({ length: 16 * ms }, (_, i) => 9000 * Math.sin(i * 0.2));
  const play = async (source: AudioSource, ms: number) => {
    const at = now();
    for (let i = 0; i < ms; i += 20) await source.captureFrame(new AudioFrame(tone(20), 16000, 1, 320));
    return at;
  };
  for (let round = 0; round < 6; round++) {
    const atA = await play(a.source, 800);
    await sleep(600);
    const sb = await b.room.getRtcStats();
    console.log('A->B', a === a, (b.onsets.at(-2)! - atA).toFixed(1), (b.onsets.at(-1)! - atA).toFixed(1), JSON.stringify(summarise(sb.subscriberStats)), 'pub', JSON.stringify(summarise(sb.publisherStats)));
    const atB = await play(b.source, 800);
    await sleep(600);
    const sa = await a.room.getRtcStats();
    console.log('B->A', (a.onsets.at(-2)! - atB).toFixed(1), (a.onsets.at(-1)! - atB).toFixed(1), JSON.stringify(summarise(sa.subscriberStats)), 'pub', JSON.stringify(summarise(sa.publisherStats)));
  }
  await a.room.disconnect(); await b.room.disconnect(); await sfu.stop();
}, 60000);

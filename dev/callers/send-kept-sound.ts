import type { Room } from '@livekit/rtc-node';
import type { KeptSound } from '@parley/agent/audio/kept-sound';
import { TOPIC } from '@parley/contracts/room-protocol';

/** Sends what was recorded before the agent came, as LiveKit's clients do. */
export async function sendKeptSound(room: Room, sound: KeptSound, trackSid: string): Promise<void> {
  const { mimeType, sampleRateHz, channels, bytes } = sound;
  const writer = await room.localParticipant?.streamBytes({
    name: 'preconnect-buffer',
    topic: TOPIC.preConnectAudio,
    mimeType,
    attributes: { trackId: trackSid, sampleRate: String(sampleRateHz), channels: String(channels) },
  });
  await writer?.write(bytes);
  await writer?.close();
}

/** What a page kept of its microphone before the agent came, as it was sent: nobody has looked into it. */
export interface KeptSound {
  /** As its recorder named it: `audio/webm;codecs=opus`, `video/mp4`, `audio/pcm;rate=16000`. */
  readonly mimeType: string;
  /** Of PCM whose MIME type names no rate, in Hz. */
  readonly sampleRateHz: number;
  /** Of PCM. */
  readonly channels: number;
  readonly bytes: Uint8Array;
}

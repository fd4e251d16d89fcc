import pcmRecorder from './pre-connect-worklet.ts?worker&url';

/** A microphone's sound, recorded from now on; what is recorded waits in `chunks` until somebody reads it. */
export interface SoundRecording {
  readonly mimeType: string;
  readonly chunks: ReadableStream<Uint8Array>;
  /** Ends `chunks` after the last sound. Safe to call twice. */
  stop(): void;
}

/** What the agent can decode; Safari records nothing but AAC and sends PCM in its place. */
const RECORDED_TYPES = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus'];

/** Enough for speech to be understood, and small enough for a bad link: 10 s are 40 kB. */
const BITS_A_SECOND = 32_000;
/** Sound of one chunk, in ms. */
const CHUNK_MS = 100;
/** What the agent's recogniser hears, in Hz: 10 s are 320 kB. */
const PCM_RATE_HZ = 16_000;

/** Null where the browser can record in no way that the agent understands. */
export function recordSound(track: MediaStreamTrack): SoundRecording | null {
  const mimeType =
    globalThis.MediaRecorder && RECORDED_TYPES.find((type) => MediaRecorder.isTypeSupported(type));
  try {
    if (mimeType) return recordOpus(track, mimeType);
    return globalThis.AudioWorkletNode ? recordPcm(track) : null;
  } catch {
    // A track that has just ended, or one audio context too many: the call goes on without its first words.
    return null;
  }
}

function recordOpus(track: MediaStreamTrack, mimeType: string): SoundRecording {
  const { chunks, add, end } = openChunks();
  const recorder = new MediaRecorder(new MediaStream([track]), {
    mimeType,
    audioBitsPerSecond: BITS_A_SECOND,
  });
  // A blob is read asynchronously: what is read last must be in before the end.
  let reading = Promise.resolve();
  recorder.addEventListener('dataavailable', ({ data }) => {
    reading = reading.then(async () => add(new Uint8Array(await data.arrayBuffer())));
  });
  recorder.addEventListener('stop', () => void reading.then(end, end));
  recorder.start(CHUNK_MS);
  return {
    mimeType,
    chunks,
    stop() {
      if (recorder.state !== 'inactive') recorder.stop();
    },
  };
}

function recordPcm(track: MediaStreamTrack): SoundRecording {
  const { chunks, add, end } = openChunks();
  const context = new AudioContext({ sampleRate: PCM_RATE_HZ });
  const whenOver = () => {
    end();
    void context.close();
  };
  const opening = context.audioWorklet.addModule(pcmRecorder).then(() => {
    const recorder = new AudioWorkletNode(context, 'pcm-recorder', { numberOfOutputs: 0 });
    recorder.port.onmessage = ({ data }: MessageEvent<Uint8Array | null>) => {
      if (data === null) whenOver();
      else add(data);
    };
    context.createMediaStreamSource(new MediaStream([track])).connect(recorder);
    return recorder;
  });
  opening.catch(whenOver);
  let isStopped = false;
  return {
    mimeType: `audio/pcm;rate=${PCM_RATE_HZ}`,
    chunks,
    stop() {
      if (isStopped) return;
      isStopped = true;
      opening.then((recorder) => recorder.port.postMessage(null), whenOver);
    },
  };
}

function openChunks() {
  let out: ReadableStreamDefaultController<Uint8Array> | null = null;
  const chunks = new ReadableStream<Uint8Array>({
    start: (controller) => {
      out = controller;
    },
    cancel: () => {
      out = null;
    },
  });
  return {
    chunks,
    add(chunk: Uint8Array) {
      if (chunk.length > 0) out?.enqueue(chunk);
    },
    end() {
      out?.close();
      out = null;
    },
  };
}

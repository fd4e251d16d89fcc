/** Judges a track's sound frame by frame until closed; rejects where it cannot. The track stays its owner's. */
export type HearSpeech = (options: {
  readonly track: MediaStreamTrack;
  readonly onFrame: (probability: number) => void;
}) => Promise<{ close(): Promise<void> }>;

/** Hears at most one microphone. */
export interface MicrophoneEar {
  /** Hears `track` from now on, in place of an earlier one; null hears nothing. The same track again changes nothing. */
  hear(track: MediaStreamTrack | null): void;
}

/** `onFault` is told when a microphone cannot be heard; another one is tried all the same. */
export function createMicrophoneEar({
  hearSpeech,
  onFrame,
  onFault,
}: {
  readonly hearSpeech: HearSpeech;
  readonly onFrame: (probability: number) => void;
  readonly onFault: (fault: unknown) => void;
}): MicrophoneEar {
  let heard: { readonly track: MediaStreamTrack; stop(): void } | null = null;

  const open = (track: MediaStreamTrack) => {
    // A muted track is silent. A copy of it stays awake, so that the page can say "you are muted": it is heard by this
    // page alone, and nothing of it is kept or sent.
    const copy = track.clone();
    copy.enabled = true;
    let isStopped = false;
    const hearing = hearSpeech({
      track: copy,
      onFrame: (probability) => {
        if (!isStopped) onFrame(probability);
      },
    });
    hearing.catch((fault: unknown) => {
      if (!isStopped) onFault(fault);
      copy.stop();
    });
    return {
      track,
      stop() {
        isStopped = true;
        copy.stop();
        // What did not open has said so, and what does not close hears no more.
        hearing.then((speech) => speech.close()).catch(() => undefined);
      },
    };
  };

  return {
    hear(track) {
      if (track === (heard?.track ?? null)) return;
      heard?.stop();
      heard = track && open(track);
    },
  };
}

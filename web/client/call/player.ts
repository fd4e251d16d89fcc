/** Whose voice is played. */
export type HeardSide = 'both' | 'caller' | 'agent';

export interface PlayerView {
  /** `loading` until the length is known; `failed`: the recording cannot be had. */
  readonly phase: 'loading' | 'ready' | 'failed';
  readonly isPlaying: boolean;
  readonly durationMs: number;
  /** 1 is as fast as it was spoken. */
  readonly rate: number;
  readonly side: HeardSide;
}

/** Plays a call's recording. Instants are on the call clock, at whose 0 a recording begins. */
export interface Player {
  subscribe(listener: () => void): () => void;
  view(): PlayerView;
  /** Where it is now. */
  positionMs(): number;
  /** Calls `listener` with the position at each picture while it plays, and at each seek. Returns its end. */
  watch(listener: (positionMs: number) => void): () => void;
  toggle(): void;
  seek(atMs: number): void;
  /** Seeks and plays, as a click on a word asks for. */
  playFrom(atMs: number): void;
  setRate(rate: number): void;
  setSide(side: HeardSide): void;
  close(): void;
}

export function createPlayer({
  url,
  fallbackDurationMs,
}: {
  readonly url: string;
  /** Of the call: shown until the recording tells its own. */
  readonly fallbackDurationMs: number;
}): Player {
  const audio = document.createElement('audio');
  audio.preload = 'metadata';
  audio.src = url;
  const listeners = new Set<() => void>();
  const watchers = new Set<(positionMs: number) => void>();
  const ends = new AbortController();
  const sides = createSides(audio);
  let frame = 0;
  let current: PlayerView = {
    phase: 'loading',
    isPlaying: false,
    durationMs: fallbackDurationMs,
    rate: 1,
    side: 'both',
  };

  const show = (change: Partial<PlayerView>) => {
    current = { ...current, ...change };
    for (const listener of listeners) listener();
  };
  const positionMs = () => audio.currentTime * 1_000;
  const tell = () => {
    for (const watcher of watchers) watcher(positionMs());
  };
  const follow = () => {
    tell();
    frame = requestAnimationFrame(follow);
  };
  const on = (name: keyof HTMLMediaElementEventMap, act: () => void) =>
    audio.addEventListener(name, act, { signal: ends.signal });

  on('loadedmetadata', () => {
    const isKnown = Number.isFinite(audio.duration) && audio.duration > 0;
    show({ phase: 'ready', durationMs: isKnown ? audio.duration * 1_000 : fallbackDurationMs });
  });
  on('error', () => show({ phase: 'failed', isPlaying: false }));
  on('play', () => {
    show({ isPlaying: true });
    cancelAnimationFrame(frame);
    follow();
  });
  on('pause', () => {
    cancelAnimationFrame(frame);
    show({ isPlaying: false });
    tell();
  });
  on('seeking', tell);

  const play = () => {
    sides.wake();
    // A play that a pause overtakes is no fault; one that cannot be comes as `error`.
    audio.play().catch(() => undefined);
  };
  const seek = (atMs: number) => {
    audio.currentTime = Math.max(0, Math.min(atMs, current.durationMs)) / 1_000;
    tell();
  };

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    view: () => current,
    positionMs,
    watch(listener) {
      watchers.add(listener);
      return () => void watchers.delete(listener);
    },
    toggle() {
      if (audio.paused) play();
      else audio.pause();
    },
    seek,
    playFrom(atMs) {
      seek(atMs);
      play();
    },
    setRate(rate) {
      audio.playbackRate = rate;
      show({ rate });
    },
    setSide(side) {
      sides.choose(side);
      show({ side });
    },
    close() {
      ends.abort(new Error('the page of the call was left'));
      cancelAnimationFrame(frame);
      audio.pause();
      // Lets the connection go that still loads.
      audio.removeAttribute('src');
      audio.load();
      sides.close();
    },
  };
}

/**
 * Both sides in both ears, or one of them alone: with the caller hard left and the agent hard right, as they are
 * recorded, a talk is tiring in headphones. The graph is made at the first play, which is a person's gesture.
 */
function createSides(audio: HTMLAudioElement) {
  let context: AudioContext | null = null;
  let gains: { readonly caller: GainNode; readonly agent: GainNode } | null = null;
  let chosen: HeardSide = 'both';
  const apply = () => {
    if (gains === null) return;
    gains.caller.gain.value = chosen === 'agent' ? 0 : 1;
    gains.agent.gain.value = chosen === 'caller' ? 0 : 1;
  };
  return {
    wake() {
      if (context === null) {
        context = new AudioContext();
        const splitter = context.createChannelSplitter(2);
        context.createMediaElementSource(audio).connect(splitter);
        gains = { caller: context.createGain(), agent: context.createGain() };
        const middle = context.createGain();
        middle.channelCount = 1;
        middle.channelCountMode = 'explicit';
        splitter.connect(gains.caller, 0).connect(middle);
        splitter.connect(gains.agent, 1).connect(middle);
        middle.connect(context.destination);
        apply();
      }
      void context.resume();
    },
    choose(side: HeardSide) {
      chosen = side;
      apply();
    },
    close() {
      void context?.close();
    },
  };
}

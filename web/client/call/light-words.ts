import type { Player } from './player.ts';
import type { WordIndex, WordPlace } from './word-index.ts';

/**
 * Keeps the words lit that sound, and in sight while it plays and `follows`; past React, as it goes with each picture.
 * Returns its end.
 */
export function lightWords({
  transcript,
  words,
  player,
  follows,
}: {
  readonly transcript: HTMLElement;
  readonly words: WordIndex;
  readonly player: Player;
  readonly follows: boolean;
}): () => void {
  const turns = new Map(
    [...transcript.querySelectorAll<HTMLElement>('[data-turn]')].map((turn) => [turn.dataset.turn, turn]),
  );
  let lit: readonly HTMLElement[] = [];
  let shown: HTMLElement | null = null;

  const wordOf = ({ turn, at }: WordPlace) =>
    turns.get(turn)?.querySelector<HTMLElement>(`[data-word="${at}"]`) ?? null;
  const light = (atMs: number) => {
    const sounding = words.soundingAt(atMs).flatMap((place) => wordOf(place) ?? []);
    for (const word of lit) if (!sounding.includes(word)) word.removeAttribute('data-lit');
    for (const word of sounding) word.dataset.lit = 'true';
    lit = sounding;
    const turn = sounding.at(-1)?.closest<HTMLElement>('[data-turn]') ?? null;
    if (turn === null || turn === shown) return;
    shown = turn;
    if (follows && player.view().isPlaying) turn.scrollIntoView({ block: 'nearest', behavior: scrolling() });
  };

  const stop = player.watch(light);
  light(player.positionMs());
  return () => {
    stop();
    for (const word of lit) word.removeAttribute('data-lit');
  };
}

function scrolling(): ScrollBehavior {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth';
}

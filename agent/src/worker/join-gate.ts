/** Lets a few in at a time, in the order they came. */
export interface JoinGate {
  /** Resolves with the way to give the place back (more than once is once). Rejects with the signal's reason. */
  enter(signal: AbortSignal): Promise<() => void>;
}

export function createJoinGate(places: number): JoinGate {
  const waiting: (() => void)[] = [];
  let free = places;
  const leave = () => {
    free++;
    waiting.shift()?.();
  };
  const place = () => {
    free--;
    let isLeft = false;
    return () => {
      if (isLeft) return;
      isLeft = true;
      leave();
    };
  };
  return {
    enter: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        if (free > 0) return resolve(place());
        const admit = () => {
          signal.removeEventListener('abort', giveUp);
          resolve(place());
        };
        const giveUp = () => {
          waiting.splice(waiting.indexOf(admit), 1);
          reject(signal.reason);
        };
        waiting.push(admit);
        signal.addEventListener('abort', giveUp, { once: true });
      }),
  };
}

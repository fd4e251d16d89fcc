import type { HeardFrame } from './contract.ts';

/** What an ear has heard since its last answered final, for a recogniser that must hear it again. */
export interface HeardMemory {
  hear(frame: HeardFrame): void;
  /** A final is asked for here. */
  ask(): void;
  /** The final that was asked for first has come: what was heard before it is done with. */
  answered(): void;
  /** Finals that were asked for and have not come. */
  readonly owed: number;
  /** Sound since the last answered final was too long to be kept whole: its beginning is missing. */
  readonly isCut: boolean;
  /** Tells another recogniser all of it, in order and at once. */
  retell(stream: { push(frame: HeardFrame): void; finalize(): void }): void;
}

/** Sound that is kept, in frames of 32 ms: 10 s, the bound of the stage's contract. */
const MOST_FRAMES = 312;

type Heard = HeardFrame | 'asked';

export function createHeardMemory(): HeardMemory {
  const heard: Heard[] = [];
  let frames = 0;
  let owed = 0;
  let isCut = false;

  return {
    hear(frame) {
      heard.push(frame);
      frames += 1;
      if (frames <= MOST_FRAMES) return;
      heard.splice(
        heard.findIndex((each) => each !== 'asked'),
        1,
      );
      frames -= 1;
      isCut = true;
    },
    ask() {
      heard.push('asked');
      owed += 1;
    },
    answered() {
      const place = heard.indexOf('asked');
      if (place < 0) return;
      heard.splice(0, place + 1);
      frames -= place;
      owed -= 1;
      isCut = false;
    },
    get owed() {
      return owed;
    },
    get isCut() {
      return isCut;
    },
    retell(stream) {
      for (const each of heard) {
        if (each === 'asked') stream.finalize();
        else stream.push(each);
      }
    },
  };
}

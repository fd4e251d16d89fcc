/** Work that is done one at a time; what is due first goes first. */
export interface DueQueue<Request, Result> {
  /**
   * Resolves with the result, or with null once `signal` aborts: waiting work is then never begun, and the
   * result of work that was begun is thrown away. Rejects when the work fails.
   */
  submit(work: {
    readonly request: Request;
    /** When the result is needed: the instant at which the asker's sound runs out. */
    readonly dueAtMs: number;
    readonly signal: AbortSignal;
  }): Promise<Result | null>;
}

interface Waiting<Request, Result> {
  readonly request: Request;
  readonly dueAtMs: number;
  readonly begin: (result: Promise<Result>) => void;
}

export function createDueQueue<Request, Result>(options: {
  /** Does one piece of work; never called before the last has settled. */
  readonly perform: (request: Request) => Promise<Result>;
}): DueQueue<Request, Result> {
  const waiting: Waiting<Request, Result>[] = [];
  let isBusy = false;

  const beginNext = () => {
    if (isBusy) return;
    const next = waiting.reduce<Waiting<Request, Result> | undefined>(
      (first, work) => (first === undefined || work.dueAtMs < first.dueAtMs ? work : first),
      undefined,
    );
    if (next === undefined) return;
    waiting.splice(waiting.indexOf(next), 1);
    isBusy = true;
    const goOn = () => {
      isBusy = false;
      beginNext();
    };
    const result = options.perform(next.request);
    next.begin(result);
    result.then(goOn, goOn);
  };

  return {
    submit({ request, dueAtMs, signal }) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return resolve(null);
        const work: Waiting<Request, Result> = {
          request,
          dueAtMs,
          begin: (result) =>
            result.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort)),
        };
        const onAbort = () => {
          const place = waiting.indexOf(work);
          if (place >= 0) waiting.splice(place, 1);
          resolve(null);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        waiting.push(work);
        beginNext();
      });
    },
  };
}

import { createMonotonicClock } from '@parley/agent/runtime/clock';
import type { ConformanceFigures } from '@parley/bench/conformance/figures/figures';
import { runVirtual } from '@parley/bench/conformance/virtual/run-virtual';
import { createSimulatedModel } from '@parley/bench/conformance/virtual/simulated-model';
import { CONFORMANCE_USAGE, type ConformanceArgs, parseConformanceArgs } from './conformance-args.ts';
import { compareLadders } from './conformance-ladder.ts';
import { conformanceOfParley, conformanceOfRoom } from './conformance-room.ts';

const say = (text: string) => void process.stdout.write(`${text}\n`);

/** `npm run conformance`: how the engine takes turns, or any agent in a room. The last line of `--json` is one object. */
export async function conformance(args: readonly string[]): Promise<number> {
  const asked = parseConformanceArgs(args);
  switch (asked.kind) {
    case 'misuse':
      process.stderr.write(`${asked.fault}\n\n${CONFORMANCE_USAGE}`);
      return 2;
    case 'help':
      say(CONFORMANCE_USAGE);
      return 0;
    case 'virtual':
      return report(virtualFigures(asked), asked.isJson);
    case 'ladder': {
      const figures = await compareLadders(asked, say);
      if (asked.isJson) say(JSON.stringify(figures));
      return 0;
    }
    case 'room': {
      const { address, seed, isJson } = asked;
      const onTalk = (name: string) => say(`talk: ${name}`);
      say('the caller speaks with a synthetic voice');
      const run = { seed, talks: address === null ? 'own' : 'any', onTalk } as const;
      return report(
        await (address === null ? conformanceOfParley(run) : conformanceOfRoom(address, run)),
        isJson,
      );
    }
  }
}

function virtualFigures(asked: Extract<ConformanceArgs, { kind: 'virtual' }>): ConformanceFigures {
  const { variants, seed, hasModel } = asked;
  const clock = createMonotonicClock();
  const agent = { createEndOfTurnModel: hasModel ? createSimulatedModel : null, hasFaults: true };
  const { figures, faultyTalks } = runVirtual({ variants, seed, agent });
  for (const { talk, seed: at } of faultyTalks) say(`fault in "${talk}", seed ${at}`);
  say(`${variants} virtual talks in ${Math.round(clock.nowMs() / 1_000)} s`);
  return figures;
}

function report(figures: ConformanceFigures, isJson: boolean): number {
  say(isJson ? JSON.stringify(figures) : JSON.stringify(figures, null, 2));
  const { deadlocks, doubleReplies, unheardWordsKept } = figures;
  return deadlocks + doubleReplies + (unheardWordsKept ?? 0) > 0 ? 1 : 0;
}

import type { Logger } from 'pino';
import { createSwitchedLlm } from '../llm/switched.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ProviderHealth } from '../runtime/provider-health.ts';
import type { Candidate, Order } from '../runtime/provider-order.ts';
import type { Stt } from '../stt/contract.ts';
import { createSwitchedStt } from '../stt/switched.ts';
import { createSwitchedTts } from '../tts/switched.ts';
import { createMeteredStt } from './metered-stt.ts';
import type { CallStages, StageNews, StageOrder } from './stages.ts';

/** Opens the stages of one call: whoever fails in it, or is called away, is followed by the next. */
export function openCallStages(options: {
  readonly order: StageOrder;
  readonly hedgeAfterMs: number | null;
  readonly health: ProviderHealth;
  readonly news: StageNews;
  readonly clock: Clock;
  readonly log: Logger;
}): CallStages {
  const { order, news, health, hedgeAfterMs, clock, log } = options;
  const { vad, endOfTurn } = order;
  const { onSwitched, onHearingLost: onLost } = news;
  const metered = ({ stage, ...address }: Candidate<Stt>): Candidate<Stt> => ({
    ...address,
    stage: createMeteredStt({ stt: stage, onUsage: (audioMs) => news.onHeard(stage, audioMs) }),
  });
  const [first, ...others] = order.stt;
  const hearing: Order<Candidate<Stt>> = [metered(first), ...others.map(metered)];
  const stt = createSwitchedStt({ order: hearing, health, clock, log, onSwitched, onLost });
  const llm = createSwitchedLlm({ order: order.llm, hedgeAfterMs, health, clock, log, onSwitched });
  const tts = createSwitchedTts({ order: order.tts, health, clock, log, onSwitched });
  return {
    vad,
    stt,
    llm,
    tts,
    endOfTurn,
    voice: order.tts[0].voice,
    use({ cause, ...wanted }) {
      if (wanted.stt !== undefined) stt.use(wanted.stt, cause);
      if (wanted.llm !== undefined) llm.use(wanted.llm, cause);
      if (wanted.tts !== undefined) tts.use(wanted.tts, cause);
    },
    async close() {
      await Promise.all([stt.close(), llm.close(), tts.close()]);
    },
  };
}

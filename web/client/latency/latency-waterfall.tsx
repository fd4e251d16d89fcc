import type { TurnLatency } from '@parley/contracts/call-record';
import { latencyWords } from './latency-words.ts';
import { STAGE_WORDS } from './stages.ts';
import { knownWhole, layOutWaterfall } from './waterfall.ts';
import './latency-waterfall.css';

/** An answer's latency: the whole in a few words, which open to where it went. Nothing where none was measured. */
export function LatencyWaterfall({ latency }: { readonly latency: TurnLatency }) {
  const whole = knownWhole(latency);
  if (whole === null) return null;
  return (
    <details className="latency">
      <summary>
        <span className="visually-hidden">Answered after </span>
        {whole.isLeast && 'at least '}
        {latencyWords(whole.ms)}
        {latency.isSpeculated && <span className="speculated">begun early</span>}
      </summary>
      <Stages latency={latency} />
    </details>
  );
}

function Stages({ latency }: { readonly latency: TurnLatency }) {
  const { rows, totalMs, unexplainedMs } = layOutWaterfall(latency);
  const percent = (ms: number) => `${(100 * ms) / totalMs}%`;
  const bar = (startMs: number, lengthMs: number) => ({ left: percent(startMs), width: percent(lengthMs) });
  return (
    <>
      <ol className="waterfall">
        {rows.map(({ stage, span }) => (
          <li key={stage} data-stage={stage} data-measured={span !== null}>
            <span className="stage">{STAGE_WORDS[stage]}</span>
            <span className="lane" aria-hidden="true">
              {span && <span className="bar" style={bar(span.startMs, span.lengthMs)} />}
              {stage === 'endOfTurnMs' && latency.sttFinalMs !== null && (
                <span className="within" style={bar(0, Math.min(latency.sttFinalMs, totalMs))} />
              )}
            </span>
            <span className="ms">{latencyWords(span?.lengthMs ?? null)}</span>
            {stage === 'endOfTurnMs' && (
              <span className="note">Last words understood: {latencyWords(latency.sttFinalMs)}</span>
            )}
          </li>
        ))}
        {unexplainedMs !== null && (
          <li data-measured="false">
            <span className="stage">Between them</span>
            <span className="lane" aria-hidden="true" />
            <span className="ms">{latencyWords(unexplainedMs)}</span>
          </li>
        )}
      </ol>
      {latency.isSpeculated && (
        <p className="speculation">The answer was begun on a guess, before the turn was over.</p>
      )}
    </>
  );
}

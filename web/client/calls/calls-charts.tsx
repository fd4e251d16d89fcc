import type { CallStats } from '@parley/contracts/calls-api';
import { type CSSProperties, type ReactNode, useId } from 'react';
import { latencyWords } from '../latency/latency-words.ts';
import { clockWords, END_REASON_WORDS, isTrouble, spanWords } from '../records/call-words.ts';
import { PageLink } from '../shell/page-link.tsx';
import { CALLS_PATH } from '../shell/route.ts';
import { type CallChoice, queryOf } from './call-choice.ts';
import { everyBucket, lineRuns, scaleTop } from './chart-buckets.ts';
import './calls-charts.css';

/** How many calls, how long, how they ended and how fast they were answered. */
export function CallsCharts({
  stats,
  choice,
  utcOffsetMinutes,
}: {
  readonly stats: CallStats;
  readonly choice: CallChoice;
  readonly utcOffsetMinutes: number;
}) {
  const { total, bucket } = stats;
  const buckets = everyBucket(stats, utcOffsetMinutes);
  const { format: when } = new Intl.DateTimeFormat(undefined, {
    month: 'short',
    day: 'numeric',
    ...(bucket === 'hour' && { hour: 'numeric' }),
  });
  const ends = <Ends first={when(stats.fromMs)} last={when(stats.toMs)} />;
  return (
    <section className="charts" aria-label="Figures">
      <Chart
        title={`Calls ${bucket === 'hour' ? 'an hour' : 'a day'}`}
        headline={total.calls.toLocaleString()}
        note={total.calls > 0 ? `${Math.round((100 * total.answered) / total.calls)} % answered` : 'ended'}
      >
        <Bars
          bars={buckets.map(({ startMs, calls, answered }) => ({
            key: startMs,
            value: calls,
            part: answered,
            words: `${when(startMs)}: ${calls} calls, ${answered} answered`,
          }))}
        />
        {ends}
      </Chart>
      <Chart
        title="Duration"
        headline={total.meanDurationMs === null ? '–' : clockWords(total.meanDurationMs)}
        note={`mean; ${spanWords(total.talkMs)} of talk`}
      >
        <Bars
          bars={stats.durations.map(({ fromMs, toMs, calls }) => ({
            key: fromMs,
            value: calls,
            part: calls,
            words: `${durationWords(fromMs, toMs)}: ${calls} calls`,
          }))}
        />
        <Ends
          first={stats.durations[0] ? spanWords(stats.durations[0].fromMs) : ''}
          last={durationWords(stats.durations.at(-1)?.fromMs ?? 0, stats.durations.at(-1)?.toMs ?? null)}
        />
      </Chart>
      <Chart
        title="Voice to voice"
        headline={total.voiceToVoiceP50Ms === null ? '–' : latencyWords(total.voiceToVoiceP50Ms)}
        note={
          total.voiceToVoiceP95Ms === null
            ? 'not measured'
            : `median; p95 ${latencyWords(total.voiceToVoiceP95Ms)}`
        }
      >
        <Lines
          lines={[
            { name: 'p95', values: buckets.map((one) => one.voiceToVoiceP95Ms) },
            { name: 'p50', values: buckets.map((one) => one.voiceToVoiceP50Ms) },
          ]}
        />
        {ends}
      </Chart>
      <EndReasons stats={stats} choice={choice} />
    </section>
  );
}

function Chart({
  title,
  headline,
  note,
  children,
}: {
  readonly title: string;
  readonly headline: string;
  readonly note: string;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <figure className="chart" aria-labelledby={id}>
      <figcaption id={id}>
        <span className="chart-title">{title}</span>
        <strong>{headline}</strong> <span className="chart-note">{note}</span>
      </figcaption>
      {children}
    </figure>
  );
}

function Bars({
  bars,
}: {
  readonly bars: readonly {
    readonly key: number;
    readonly value: number;
    /** Of `value`, what is drawn in full colour. */
    readonly part: number;
    readonly words: string;
  }[];
}) {
  const top = scaleTop(bars.map(({ value }) => value));
  return (
    <div className="bars" aria-hidden="true">
      {bars.map(({ key, value, part, words }) => (
        <span
          key={key}
          title={words}
          style={{ '--whole': value / top, '--part': value > 0 ? part / value : 0 } as CSSProperties}
        />
      ))}
    </div>
  );
}

function Lines({
  lines,
}: {
  readonly lines: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}) {
  const top = scaleTop(lines.flatMap(({ values }) => values));
  const isMeasured = lines.some(({ values }) => values.some((value) => value !== null));
  return (
    <div className="lines" aria-hidden="true">
      <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        {lines.map(({ name, values }) =>
          lineRuns(values, top).map((run) => (
            <polyline
              key={`${name} ${run[0]?.x}`}
              data-line={name}
              // A day between two without figures is a dot.
              points={[...run, ...run.slice(-1)].map(({ x, y }) => `${x},${1 - y}`).join(' ')}
            />
          )),
        )}
      </svg>
      {isMeasured && <span className="lines-top">{latencyWords(top)}</span>}
    </div>
  );
}

function Ends({ first, last }: { readonly first: string; readonly last: string }) {
  return (
    <p className="chart-ends" aria-hidden="true">
      <span>{first}</span>
      <span>{last}</span>
    </p>
  );
}

function EndReasons({ stats, choice }: { readonly stats: CallStats; readonly choice: CallChoice }) {
  const id = useId();
  const ended = stats.endReasons.flatMap(({ endReason, calls }) => (endReason ? [{ endReason, calls }] : []));
  const most = Math.max(1, ...ended.map(({ calls }) => calls));
  return (
    <section className="chart" aria-labelledby={id}>
      <h2 className="chart-title" id={id}>
        How calls ended
      </h2>
      {ended.length === 0 && <p className="chart-note">No call has ended.</p>}
      <ul className="reasons">
        {ended.map(({ endReason, calls }) => (
          <li key={endReason}>
            <PageLink href={`${CALLS_PATH}${queryOf({ ...choice, endReason })}`}>
              <span>{END_REASON_WORDS[endReason]}</span>
              <span className="count">{calls.toLocaleString()}</span>
              <span
                className="reason-bar"
                data-trouble={isTrouble(endReason)}
                style={{ width: `${(100 * calls) / most}%` }}
              />
            </PageLink>
          </li>
        ))}
      </ul>
    </section>
  );
}

function durationWords(fromMs: number, toMs: number | null): string {
  return toMs === null ? `over ${spanWords(fromMs)}` : `${spanWords(fromMs)} to ${spanWords(toMs)}`;
}

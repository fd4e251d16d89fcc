/** A metric as its exposition tells it, with its samples. */
export interface ExposedMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** The metric's name, for a histogram with `_bucket`, `_sum` or `_count`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
/** Go reads a number that is none in any case, and so does Prometheus. */
const NOT_A_NUMBER = 'N[aA][nN]';
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;
const HISTOGRAM_PARTS = ['_bucket', '_sum', '_count'];

/**
 * Reads Prometheus' text format 0.0.4, and throws on what Prometheus would refuse or misread: lines of no form, samples
 * away from their metric, a metric or sample told twice, labels of two sets, buckets that shrink or do not end.
 */
export function readExposition(text: string): ReadonlyMap<string, ExposedMetric> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const metrics = new Map<string, { name: string; type: string; help: string; samples: Sample[] }>();
  let help: { readonly name: string; readonly text: string } | null = null;
  let current: { name: string; type: string; help: string; samples: Sample[] } | null = null;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, told, toldText] = new RegExp(`^# HELP (${NAME}) (.+)$`).exec(line) ?? [];
    const [, typed, type] =
      new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary)$`).exec(line) ?? [];
    if (told !== undefined && toldText !== undefined) help = { name: told, text: toldText };
    else if (typed !== undefined && type !== undefined) {
      if (metrics.has(typed)) throw new Error(`${typed} is told twice`);
      if (help?.name !== typed) throw new Error(`${typed} has no help`);
      current = { name: typed, type, help: help.text, samples: [] };
      metrics.set(typed, current);
    } else {
      const sample = readSample(line);
      if (current === null || metricOf(sample.name, current.type) !== current.name)
        throw new Error(`away from its metric: ${line}`);
      current.samples.push(sample);
    }
  }
  for (const metric of metrics.values()) checkMetric(metric);
  return metrics;
}

function readSample(line: string): Sample {
  const [, name, , labels = '', value] =
    new RegExp(`^(${NAME})(\\{(.*)\\})? (-?[0-9.e+-]+|${NOT_A_NUMBER}|[+-]Inf)$`).exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`no sample: ${line}`);
  const number = Number(value.replace('Inf', 'Infinity'));
  if (Number.isNaN(number) && value.toLowerCase() !== 'nan') throw new Error(`no number: ${line}`);
  const read: Record<string, string> = {};
  for (let rest = labels; rest !== ''; ) {
    const found = LABEL.exec(rest);
    if (found === null) throw new Error(`no labels: ${line}`);
    const [whole, label = '', content = ''] = found;
    if (label in read) throw new Error(`a label twice: ${line}`);
    read[label] = content;
    rest = rest.slice(whole.length);
  }
  return { name, labels: read, value: number };
}

function metricOf(sample: string, type: string): string {
  const part = type === 'histogram' ? HISTOGRAM_PARTS.find((one) => sample.endsWith(one)) : undefined;
  return part === undefined ? sample : sample.slice(0, -part.length);
}

function checkMetric({ name, type, samples }: ExposedMetric): void {
  const known = new Set<string>();
  for (const { name: sample, labels } of samples) {
    const key = `${sample}${JSON.stringify(Object.entries(labels).sort())}`;
    if (known.has(key)) throw new Error(`a sample twice: ${key}`);
    known.add(key);
  }
  const withoutBound = ({ labels: { le: _, ...labels } }: Sample) =>
    JSON.stringify(Object.entries(labels).sort());
  const sets = new Set(samples.map(({ labels: { le: _, ...labels } }) => Object.keys(labels).sort().join()));
  if (type !== 'gauge' && sets.size > 1) throw new Error(`${name} has labels of ${sets.size} sets`);
  if (type === 'counter' && samples.some(({ value }) => value < 0)) throw new Error(`${name} is below 0`);
  if (type !== 'histogram') return;
  for (const series of new Set(samples.map(withoutBound))) {
    const of = (part: string) =>
      samples.filter((one) => one.name === `${name}${part}` && withoutBound(one) === series);
    const buckets = of('_bucket');
    const bounds = buckets.map(({ labels }) => Number((labels.le ?? '').replace('Inf', 'Infinity')));
    const rises = (values: readonly number[], mayStay: boolean) =>
      values.every(
        (value, at) => at === 0 || value > (values[at - 1] ?? 0) || (mayStay && value === values[at - 1]),
      );
    if (!rises(bounds, false) || bounds.at(-1) !== Infinity)
      throw new Error(`the bounds of ${name} are none`);
    const counts = buckets.map(({ value }) => value);
    if (!rises(counts, true) || counts.at(-1) !== of('_count')[0]?.value || of('_sum').length !== 1)
      throw new Error(`the buckets of ${name} do not add up`);
  }
}

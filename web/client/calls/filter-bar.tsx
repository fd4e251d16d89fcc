import type { ListedCall } from '@parley/contracts/calls-api';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { CHANNEL_WORDS, DIRECTION_WORDS, END_REASON_WORDS, STATE_WORDS } from '../records/call-words.ts';
import type { CallableAgent } from '../room/agents.ts';
import type { Clock } from '../runtime/clock.ts';
import { type CallChoice, everyCall } from './call-choice.ts';
import './filter-bar.css';

/** A text is searched for this long after the last key, in ms. */
const TYPING_MS = 300;

/** Which calls are to be shown. `onChange` says whether the choice before is one to return to. */
export function FilterBar({
  choice,
  agents,
  clock,
  onChange,
}: {
  readonly choice: CallChoice;
  readonly agents: readonly Pick<CallableAgent, 'name' | 'title'>[];
  readonly clock: Clock;
  readonly onChange: (choice: CallChoice, options: { readonly replaces: boolean }) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const panelId = useId();
  const chosen = Object.entries(choice).filter(([name, value]) => name !== 'q' && value !== '').length;
  const set = (part: Partial<CallChoice>) => onChange({ ...choice, ...part }, { replaces: false });
  const type = (part: Partial<CallChoice>) => onChange({ ...choice, ...part }, { replaces: true });
  return (
    <search className="filters" data-open={isOpen}>
      <TypedField
        label="Search what was said"
        kind="search"
        value={choice.q}
        clock={clock}
        onChange={(q) => type({ q })}
      />
      <button
        type="button"
        className="filters-clear"
        disabled={chosen === 0 && choice.q === ''}
        onClick={() => onChange(everyCall, { replaces: false })}
      >
        Clear all
      </button>
      <button
        type="button"
        className="filters-toggle"
        aria-expanded={isOpen}
        aria-controls={panelId}
        onClick={() => setOpen(!isOpen)}
      >
        Filters{chosen > 0 && ` (${chosen})`}
      </button>
      <div className="filter-fields" id={panelId}>
        <Choice label="Agent" value={choice.agent} onChange={(agent) => set({ agent })}>
          {agents.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </Choice>
        <Choice label="State" value={choice.state} onChange={(state) => set({ state })}>
          {options(STATE_WORDS)}
        </Choice>
        <Choice label="Ended because" value={choice.endReason} onChange={(endReason) => set({ endReason })}>
          {options(END_REASON_WORDS)}
        </Choice>
        <Choice label="Channel" value={choice.channel} onChange={(channel) => set({ channel })}>
          {options(CHANNEL_WORDS)}
        </Choice>
        <Choice label="Direction" value={choice.direction} onChange={(direction) => set({ direction })}>
          {options(DIRECTION_WORDS)}
        </Choice>
        <TypedField
          label="Caller"
          kind="text"
          value={choice.caller}
          clock={clock}
          onChange={(caller) => type({ caller })}
        />
        <Day label="From" value={choice.from} onChange={(from) => set({ from })} />
        <Day label="To" value={choice.to} onChange={(to) => set({ to })} />
      </div>
    </search>
  );
}

function options<Value extends string>(words: Readonly<Record<Value, string>>) {
  return Object.entries<string>(words).map(([value, text]) => (
    <option key={value} value={value}>
      {text}
    </option>
  ));
}

function Choice<Value extends string>({
  label,
  value,
  onChange,
  children,
}: {
  readonly label: string;
  readonly value: Value | '';
  readonly onChange: (value: Value | '') => void;
  readonly children: ReactNode;
}) {
  return (
    <label className="field" data-set={value !== ''}>
      <span>{label}</span>
      {/* The options are those of the value's own type. */}
      <select value={value} onChange={({ target }) => onChange(target.value as Value | '')}>
        <option value="">Any</option>
        {children}
      </select>
    </label>
  );
}

function Day({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <label className="field" data-set={value !== ''}>
      <span>{label}</span>
      <input type="date" value={value} onChange={({ target }) => onChange(target.value)} />
    </label>
  );
}

/** A field whose text counts once the person pauses. */
function TypedField({
  label,
  kind,
  value,
  clock,
  onChange,
}: {
  readonly label: string;
  readonly kind: 'search' | 'text';
  readonly value: string;
  readonly clock: Clock;
  readonly onChange: (value: string) => void;
}) {
  const [text, setText] = useState(value);
  const latest = useRef(onChange);
  latest.current = onChange;
  const told = useRef(value);
  // The address may change by itself, as by the way back.
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    const words = text.trim();
    if (words === told.current) return;
    return clock.at(clock.nowMs() + TYPING_MS, () => {
      told.current = words;
      latest.current(words);
    });
  }, [text, clock]);
  return (
    <label className="field" data-kind={kind} data-set={value !== ''}>
      <span>{label}</span>
      <input
        type={kind}
        value={text}
        maxLength={256}
        autoComplete="off"
        placeholder={kind === 'search' ? 'Words of the caller or the agent' : 'Name'}
        onChange={({ target }) => setText(target.value)}
      />
    </label>
  );
}

/** The agents that can be chosen: those that are there now, and those of calls that were made before. */
export function choosableAgents(
  announced: readonly CallableAgent[],
  calls: readonly Pick<ListedCall, 'agent'>[],
  chosen: string,
): readonly Pick<CallableAgent, 'name' | 'title'>[] {
  const known = new Map(announced.map(({ name, title }) => [name, { name, title }]));
  for (const name of [...calls.map(({ agent }) => agent), chosen])
    if (name !== '' && !known.has(name)) known.set(name, { name, title: name });
  return [...known.values()];
}

import { useId } from 'react';
import type { AgentRoster, RosterView } from '../room/agent-roster.ts';
import './agent-picker.css';

/** Which agent is called; nothing where there is no choice. */
export function AgentPicker({ roster, view }: { readonly roster: AgentRoster; readonly view: RosterView }) {
  const group = useId();
  const { agents, chosen, isFixed } = view;
  if (isFixed || agents.length < 2) return null;
  const areLanguagesMixed = new Set(agents.map(({ language }) => language)).size > 1;
  return (
    <fieldset className="agents">
      <legend className="visually-hidden">Agent</legend>
      {agents.map(({ name, title, description, language }) => (
        <label className="agent" key={name}>
          <input
            type="radio"
            name={group}
            value={name}
            checked={name === chosen}
            onChange={() => roster.choose(name)}
          />
          <span className="agent-title">{title}</span>
          {areLanguagesMixed && language && <span className="agent-language">{languageName(language)}</span>}
          {description && <span className="agent-description">{description}</span>}
        </label>
      ))}
    </fieldset>
  );
}

/** `English` for `en`; the tag itself where the browser does not know it. */
function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(tag) ?? tag;
  } catch {
    // Not a well-formed tag.
    return tag;
  }
}

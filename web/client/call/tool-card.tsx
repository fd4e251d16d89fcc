import type { ToolCallRecord } from '@parley/contracts/call-record';
import { latencyWords } from '../latency/latency-words.ts';
import { clockWords } from '../records/call-words.ts';

const OUTCOME_WORDS: Record<ToolCallRecord['outcome'], string> = {
  running: 'running',
  finished: 'finished',
  failed: 'failed',
  in_doubt: 'in doubt: it was begun, and nobody knows whether it was done',
};

/** A tool that the agent ran: with what, and what came of it. */
export function ToolCard({ tool }: { readonly tool: ToolCallRecord }) {
  const { name, argumentsJson, resultJson, outcome, startedAtMs, finishedAtMs } = tool;
  const tookMs = finishedAtMs === null ? null : finishedAtMs - startedAtMs;
  return (
    <li className="tool" data-outcome={outcome}>
      <span className="from-here">{clockWords(startedAtMs)}</span>
      <details>
        <summary>
          <span className="visually-hidden">Tool </span>
          <code>{name}</code>
          <span className="tool-outcome">
            {OUTCOME_WORDS[outcome]}
            {tookMs !== null && `, ${latencyWords(tookMs)}`}
          </span>
        </summary>
        <p className="tool-part">Given</p>
        <pre>{indented(argumentsJson)}</pre>
        <p className="tool-part">Result</p>
        {resultJson === null ? <p className="quiet">None was told.</p> : <pre>{indented(resultJson)}</pre>}
      </details>
    </li>
  );
}

/** JSON as a person reads it; what is none, as it is. */
function indented(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}

import { useEffect, useState } from 'react';
import type { StageInUse } from '../room/stages.ts';
import './stage-line.css';

const STAGE_WORDS: Record<StageInUse['stage'], string> = {
  vad: 'hears with',
  stt: 'understands with',
  llm: 'thinks with',
  tts: 'speaks with',
};

/** Which providers run, in one quiet line; nothing while the server does not say. */
export function StageLine({ fetchStages }: { readonly fetchStages: () => Promise<StageInUse[]> }) {
  const [stages, setStages] = useState<readonly StageInUse[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once; what runs does not change under a page.
  useEffect(() => {
    let isShown = true;
    void fetchStages().then((found) => isShown && setStages(found));
    return () => {
      isShown = false;
    };
  }, []);
  if (stages.length === 0) return null;
  return (
    <p className="stages">
      {stages.map(({ stage, provider }) => (
        <span key={stage}>
          <span className="role">{STAGE_WORDS[stage]}</span> <strong>{provider}</strong>
        </span>
      ))}
    </p>
  );
}

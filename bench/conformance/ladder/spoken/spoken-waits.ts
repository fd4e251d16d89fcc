import { quantilesOf } from '../../figures/quantiles.ts';
import type { HoldTalks } from '../compare-waits.ts';
import type { HeardClip } from './hear-clip.ts';
import { playClip } from './play-clip.ts';

/**
 * Spoken clips, with what the real detectors said of them. Clips with a pause tell of cut-ins, whole ones of gaps; a
 * whole one that is cut into had a pause that nobody put there. A clip's place is its seed.
 */
export function spokenWaits(heard: Readonly<Record<'choice' | 'report', readonly HeardClip[]>>): HoldTalks {
  return (setting, part) => {
    const played = heard[part].map((each, index) => ({
      hasPause: each.clip.pause !== null,
      outcome: playClip(each, setting, index),
    }));
    const paused = played.filter(({ hasPause, outcome }) => hasPause || outcome.kind === 'cutIn');
    const cutIns = paused.filter(({ outcome }) => outcome.kind === 'cutIn').length;
    const gapsMs = played.flatMap(({ hasPause, outcome }) =>
      hasPause || outcome.kind === 'cutIn' ? [] : (outcome.gapMs ?? []),
    );
    return {
      cutInRate: paused.length === 0 ? null : cutIns / paused.length,
      responseGapMs: quantilesOf(gapsMs),
    };
  };
}

import type { EarsSetting } from '../ears/ears-setting.ts';
import type { AgentRoster } from '../room/agent-roster.ts';
import type { CallSession } from '../room/call-session.ts';
import type { DeviceDesk } from '../room/device-desk.ts';
import type { StageInUse } from '../room/stages.ts';
import type { Clock } from '../runtime/clock.ts';
import type { KeptValues } from '../runtime/kept-values.ts';
import type { SoundMeter } from '../runtime/sound-meter.ts';

/** All that a `TalkView` shows and acts on; it outlives the view. */
export interface Talk {
  readonly session: CallSession;
  readonly devices: DeviceDesk;
  readonly roster: AgentRoster;
  /** Whether the page may listen to the caller by itself. */
  readonly ears: EarsSetting;
  readonly clock: Clock;
  readonly kept: KeptValues;
  readonly meter: SoundMeter;
  readonly fetchStages: () => Promise<StageInUse[]>;
}

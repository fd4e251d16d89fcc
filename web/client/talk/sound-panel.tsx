import { useEffect, useId, useState } from 'react';
import type { CallView } from '../room/call-session.ts';
import { openChosenMicrophone } from '../room/chosen-microphone.ts';
import type { AudioDevice, DeviceChoice } from '../room/device-choice.ts';
import type { DeviceSide } from '../room/device-desk.ts';
import type { Talk } from './talk.ts';
import { useLevel } from './use-level.ts';
import { useStore } from './use-store.ts';
import './sound-panel.css';

/** Microphone, loudspeaker, and what else a person may set about sound and keys. */
export function SoundPanel({
  talk,
  view,
  shortcuts,
}: {
  readonly talk: Talk;
  readonly view: CallView;
  readonly shortcuts: { readonly isOn: boolean; readonly onChange: (isOn: boolean) => void };
}) {
  const { devices, ears, meter } = talk;
  const { microphone, speaker } = useStore(devices);
  const areEarsOn = useStore({ subscribe: ears.subscribe, view: ears.isOn });
  const inCall = view.call.phase === 'inRoom' || view.call.phase === 'starting';
  const trial = useMicrophoneTrial({ device: microphone.inUse, inCall, onNames: devices.refresh });
  const heard = inCall ? (view.microphoneTrack?.mediaStreamTrack ?? null) : trial.track;
  const level = useLevel<HTMLDivElement>(meter, heard);
  const choose = (side: DeviceSide) => (id: string | null) => devices.choose(side, id);
  return (
    <section className="sound-panel" aria-label="Sound settings">
      <DeviceField label="Microphone" choice={microphone} onChoose={choose('microphone')} />
      {heard ? (
        <div className="level" ref={level} aria-hidden="true" />
      ) : (
        !inCall && (
          <button type="button" className="button quiet" onClick={trial.begin}>
            Try your microphone
          </button>
        )
      )}
      {trial.hasFailed && !inCall && (
        <p role="alert">Your browser gave no microphone. A call can still be held by typing.</p>
      )}
      {speaker && <DeviceField label="Speaker" choice={speaker} onChoose={choose('speaker')} />}
      <Toggle
        label="Turn the agent down at once when I speak"
        hint="This page then listens for a voice by itself, also while you are muted, to remind you. Nothing of that leaves it."
        isOn={areEarsOn}
        onChange={ears.setOn}
      />
      <Toggle
        label="Keys in a call: M mutes, C or / types, Shift+E ends"
        isOn={shortcuts.isOn}
        onChange={shortcuts.onChange}
      />
    </section>
  );
}

function DeviceField({
  label,
  choice,
  onChoose,
}: {
  readonly label: string;
  readonly choice: DeviceChoice;
  readonly onChoose: (id: string | null) => void;
}) {
  const field = useId();
  return (
    <div className="device">
      <label htmlFor={field}>{label}</label>
      <select
        id={field}
        value={choice.inUse?.id ?? ''}
        onChange={(event) => onChoose(event.target.value || null)}
      >
        <option value="">System default</option>
        {offered(choice).map(({ id, label: name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Before the browser tells names, the remembered device is all that can be named. */
const offered = ({ available, inUse }: DeviceChoice): readonly AudioDevice[] =>
  available.length === 0 && inUse ? [inUse] : available;

function Toggle({
  label,
  hint,
  isOn,
  onChange,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}) {
  const hintId = useId();
  return (
    <div>
      <label className="toggle">
        <input
          type="checkbox"
          checked={isOn}
          onChange={(event) => onChange(event.target.checked)}
          aria-describedby={hint && hintId}
        />
        {label}
      </label>
      {hint && (
        <p className="toggle-hint" id={hintId}>
          {hint}
        </p>
      )}
    </div>
  );
}

type Trial =
  | { readonly phase: 'off' }
  | { readonly phase: 'on'; readonly track: MediaStreamTrack }
  | { readonly phase: 'failed' };

/** The microphone before a call, while the panel shows its level; let go with the panel. */
function useMicrophoneTrial({
  device,
  inCall,
  onNames,
}: {
  readonly device: AudioDevice | null;
  readonly inCall: boolean;
  readonly onNames: () => void;
}) {
  const [isWanted, setWanted] = useState(false);
  const [trial, setTrial] = useState<Trial>({ phase: 'off' });
  const deviceId = device?.id;
  // A call has a microphone of its own, and its end is no wish for another trial.
  useEffect(() => {
    if (inCall) setWanted(false);
  }, [inCall]);
  useEffect(() => {
    if (!isWanted) return;
    const over = new AbortController();
    let opened: MediaStreamTrack | undefined;
    const open = async () => {
      const stream = await openChosenMicrophone(deviceId ?? null, (audio) =>
        navigator.mediaDevices.getUserMedia({ audio: { ...audio } }),
      );
      [opened] = stream.getAudioTracks();
      if (over.signal.aborted) return opened?.stop();
      if (opened) setTrial({ phase: 'on', track: opened });
      onNames();
    };
    open().catch(() => {
      if (over.signal.aborted) return;
      setTrial({ phase: 'failed' });
      setWanted(false);
    });
    return () => {
      over.abort(new Error('the trial is over'));
      opened?.stop();
      // What failed stays said until the next try.
      setTrial((before) => (before.phase === 'failed' ? before : { phase: 'off' }));
    };
  }, [isWanted, deviceId, onNames]);
  return {
    track: trial.phase === 'on' ? trial.track : null,
    hasFailed: trial.phase === 'failed',
    begin() {
      setTrial({ phase: 'off' });
      setWanted(true);
    },
  };
}

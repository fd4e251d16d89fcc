import type { CallDetail } from '@parley/contracts/call-record';
import { useState } from 'react';
import { ConfirmedButton } from '../records/confirmed-button.tsx';
import { faultWords } from '../records/fault-words.ts';
import { type CallDesk, hasSound } from './call-desk.ts';

/** What can be done with a call: one that goes on is paused or ended, one that is over is kept elsewhere or deleted. */
export function CallActions({ call, desk }: { readonly call: CallDetail; readonly desk: CallDesk }) {
  const path = `/api/calls/${encodeURIComponent(call.callId)}`;
  return (
    <div className="call-actions">
      {hasSound(call) && (
        <a className="button quiet-button" href={`${path}/recording`} download={`${call.callId}.wav`}>
          Recording
        </a>
      )}
      <a className="button quiet-button" href={`${path}/journal`} download={`${call.callId}.ndjson`}>
        Journal
      </a>
      {call.state === 'active' && call.recording !== 'none' && <RecordingSwitch call={call} desk={desk} />}
      {call.state === 'ended' ? (
        <ConfirmedButton
          label="Delete"
          question="Delete this call?"
          consequence="Its transcript, recording and journal are deleted for good. There is no way back."
          keep="Keep it"
          confirm="Delete for good"
          act={desk.remove}
        />
      ) : (
        <ConfirmedButton
          label="End call"
          question="End this call?"
          consequence="The caller and the agent are cut off at once."
          keep="Let it go on"
          confirm="End it now"
          act={desk.end}
        />
      )}
    </div>
  );
}

/** Pauses the recording while what must not be kept is said. */
function RecordingSwitch({ call, desk }: { readonly call: CallDetail; readonly desk: CallDesk }) {
  const [fault, setFault] = useState('');
  const isPaused =
    call.moments.findLast(({ kind }) => kind === 'recording_paused' || kind === 'recording_resumed')?.kind ===
    'recording_paused';
  const toggle = async () => {
    const met = await desk.setRecording(isPaused ? 'on' : 'paused');
    setFault(met === null || met.kind === 'locked' ? '' : faultWords(met).title);
  };
  return (
    <>
      <button type="button" className="button quiet-button" onClick={() => void toggle()}>
        {isPaused ? 'Go on recording' : 'Pause recording'}
      </button>
      {fault && (
        <p className="action-fault" role="alert">
          {fault}
        </p>
      )}
    </>
  );
}

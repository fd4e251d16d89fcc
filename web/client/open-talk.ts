import { openPageEars } from './ears/page-ears.ts';
import { submitSecret } from './room/access-key.ts';
import { createAgentRoster, type OpenedFor } from './room/agent-roster.ts';
import { fetchAgents } from './room/agents.ts';
import { createCallSession } from './room/call-session.ts';
import { createDeviceDesk } from './room/device-desk.ts';
import { createLiveKitRoomLink } from './room/livekit-room-link.ts';
import { createRejoin } from './room/rejoin.ts';
import { createRejoinLock } from './room/rejoin-lock.ts';
import { createRejoinStore } from './room/rejoin-store.ts';
import { fetchStages } from './room/stages.ts';
import { requestRejoin, requestToken } from './room/token-request.ts';
import { browserClockZeroEpochMs, createBrowserClock } from './runtime/clock.ts';
import { createForgottenValues, createKeptValues } from './runtime/kept-values.ts';
import { provideRandomUuid } from './runtime/random-uuid.ts';
import { createSoundMeter } from './runtime/sound-meter.ts';
import type { Talk } from './talk/talk.ts';

/** Puts together all that a `TalkView` shows. To be called once in a page's life. */
export function openTalk({
  openedFor,
  endsWithPage = false,
}: {
  readonly openedFor: OpenedFor;
  /** A call ends when the page is left, and is not returned to. Default false. */
  readonly endsWithPage?: boolean;
}): Talk {
  provideRandomUuid();
  const agentSpeaker = document.createElement('audio');
  document.body.append(agentSpeaker);

  const { fetch } = window;
  const clock = createBrowserClock();
  const kept = createKeptValues(() => window.localStorage);
  const devices = createDeviceDesk({ media: navigator.mediaDevices, agentSpeaker, kept, clock });
  const rejoin = createRejoin({
    store: createRejoinStore({
      kept: endsWithPage ? createForgottenValues() : createKeptValues(() => window.sessionStorage),
      clockZeroEpochMs: browserClockZeroEpochMs(),
    }),
    lock: createRejoinLock({ locks: navigator.locks, clock }),
    clock,
    newLockName: () => `parley-call-${crypto.randomUUID()}`,
    requestRejoin: (request) => requestRejoin({ fetch, ...request }),
  });
  const session = createCallSession({
    clock,
    rejoin,
    openRoomLink: (onNews) => createLiveKitRoomLink({ agentSpeaker, endsWithPage, onNews }),
    requestToken: (request) => requestToken({ fetch, ...request }),
    submitAccessKey: ({ key }) => submitSecret({ fetch, secret: key }),
  });
  const roster = createAgentRoster({ openedFor, fetchAgents: () => fetchAgents({ fetch }), kept, clock });

  const followDesk = () => session.selectMicrophone(devices.view().microphone.inUse?.id ?? null);
  followDesk();
  devices.subscribe(followDesk);
  let { microphoneTrack } = session.view();
  session.subscribe(() => {
    if (session.view().microphoneTrack === microphoneTrack) return;
    microphoneTrack = session.view().microphoneTrack;
    // A microphone that opened is a permission, with which the browser tells the devices' names.
    if (microphoneTrack) devices.refresh();
  });

  window.addEventListener('pagehide', session.keep);
  session.resume();

  return {
    session,
    devices,
    roster,
    ears: openPageEars({ clock, session, speaker: agentSpeaker, kept }),
    clock,
    kept,
    meter: createSoundMeter(),
    fetchStages: () => fetchStages({ fetch }),
  };
}

import type { CallSession, CallView } from '../room/call-session.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Duck, type DuckHappening, duckDueAtMs, isDucked, NO_DUCK, reduceDuck } from './duck.ts';
import type { EarsSetting } from './ears-setting.ts';
import { createMicrophoneEar, type HearSpeech } from './microphone-ear.ts';
import { type MutedSpeechHappening, reduceMutedSpeech, UNMUTED } from './muted-speech.ts';
import type { SpeakerGain } from './speaker-gain.ts';

/** What of the view the ears go by. */
type HeardView = Pick<CallView, 'call' | 'agentVoice'> & {
  readonly microphoneTrack: Pick<NonNullable<CallView['microphoneTrack']>, 'mediaStreamTrack'> | null;
};

/**
 * The page's own ears for all its calls: they turn the agent down as soon as the caller speaks, before the server can
 * have heard it, and notice a muted person who talks. They only ever make a call better: without them, or where they
 * fail, everything else goes on.
 */
export function startLocalEars({
  clock,
  session,
  setting,
  gain,
  hearSpeech,
  onMutedSpeech,
  onFault,
}: {
  readonly clock: Clock;
  readonly session: Pick<CallSession, 'subscribe'> & { view(): HeardView };
  readonly setting: EarsSetting;
  readonly gain: SpeakerGain;
  readonly hearSpeech: HearSpeech;
  /** A muted person began or ceased to talk. */
  readonly onMutedSpeech: (isSpeaking: boolean) => void;
  /** Told once in the page's life that there are no ears. */
  readonly onFault: (fault: unknown) => void;
}): void {
  let duck = NO_DUCK;
  let mutedSpeech = UNMUTED;
  let hasFailed = false;
  let cancelDue = () => {};

  const takeDuck = (happening: DuckHappening) => {
    duck = reduceDuck(duck, happening);
    gain.setDucked(isDucked(duck));
  };
  const takeMutedSpeech = (happening: MutedSpeechHappening) => {
    const before = mutedSpeech.phase;
    mutedSpeech = reduceMutedSpeech(mutedSpeech, happening);
    if ((before === 'reminding') !== (mutedSpeech.phase === 'reminding')) {
      onMutedSpeech(mutedSpeech.phase === 'reminding');
    }
  };
  const waitForDue = () => {
    cancelDue();
    const reminderUntilMs = mutedSpeech.phase === 'reminding' ? mutedSpeech.untilMs : null;
    const dues = [duckDueAtMs(duck), reminderUntilMs].filter((atMs) => atMs !== null);
    if (dues.length === 0) return;
    cancelDue = clock.at(Math.min(...dues), () => {
      const atMs = clock.nowMs();
      takeDuck({ type: 'timePassed', atMs });
      takeMutedSpeech({ type: 'timePassed', atMs });
      waitForDue();
    });
  };

  const ear = createMicrophoneEar({
    hearSpeech,
    onFrame(probability) {
      const frame = { probability, atMs: clock.nowMs() };
      takeDuck({ type: 'frameJudged', ...frame });
      takeMutedSpeech({ type: 'frameJudged', ...frame });
      waitForDue();
    },
    onFault(fault) {
      if (!hasFailed) onFault(fault);
      hasFailed = true;
    },
  });

  const follow = () => {
    const view = session.view();
    const isHearing = setting.isOn() && view.call.phase === 'inRoom';
    // A change of the device gives the track another one of the browser's.
    ear.hear(isHearing ? (view.microphoneTrack?.mediaStreamTrack ?? null) : null);
    const atMs = clock.nowMs();
    const agent = isHearing ? speakingState(view) : NO_DUCK.agent;
    const isMuted = isHearing && isMutedIn(view);
    if (!isSame(agent, duck.agent)) takeDuck({ type: 'agentChanged', agent, atMs });
    if (isMuted !== duck.isMuted) {
      takeDuck({ type: 'muteChanged', isMuted, atMs });
      takeMutedSpeech({ type: 'muteChanged', isMuted });
    }
    if (!isHearing && isDucked(duck)) {
      duck = NO_DUCK;
      gain.setDucked(false);
    }
    waitForDue();
  };
  session.subscribe(follow);
  setting.subscribe(follow);
  follow();
}

function speakingState({ call, agentVoice }: HeardView): Duck['agent'] {
  if (call.phase !== 'inRoom' || call.agent.kind !== 'present' || agentVoice === null) return NO_DUCK.agent;
  return { isSpeaking: call.agent.state === 'speaking', ...agentVoice };
}

const isMutedIn = ({ call }: HeardView) => call.phase === 'inRoom' && call.microphone.kind === 'muted';

const isSame = (one: Duck['agent'], other: Duck['agent']) =>
  one.isSpeaking === other.isSpeaking &&
  one.isInterruptible === other.isInterruptible &&
  one.isHeld === other.isHeld;

import { turnPhrasesSchema, turnSettingsSchema } from '@parley/contracts/agent-definition';
import { pipelineSettingsSchema } from '@parley/contracts/pipeline-settings';
import type { CallSettings } from '@parley/engine/call/settings';
import type { Observation } from '../figures/observation.ts';
import { createSeededRandom, type SeededRandom } from '../seeded-random.ts';
import type { Talk } from '../talks/talk.ts';
import { AgentEar, CALLER } from './agent-ear.ts';
import { AgentModel } from './agent-model.ts';
import { AgentVoice } from './agent-voice.ts';
import { type VirtualFaults, watchFaults } from './fault-watch.ts';
import type { SimulatedModel } from './simulated-model.ts';
import {
  drawFault,
  drawSpeeds,
  ONE_WAY_MS,
  type PlannedFault,
  type Providers,
  type StageSpeeds,
} from './stage-speeds.ts';
import { runSteadyNoise } from './steady-noise.ts';
import { VirtualCaller, type Wait } from './virtual-caller.ts';
import { World } from './world.ts';

/** How the agent of a talk is set up. */
export interface VirtualAgent {
  /** Default `usual`. */
  readonly providers?: Providers;
  /** Default 500. */
  readonly silenceDurationMs?: number;
  /** Makes a simulated end-of-turn model for one talk; null: there is none. */
  readonly createEndOfTurnModel: ((random: SeededRandom) => SimulatedModel) | null;
  /** Whether stages may fail. */
  readonly hasFaults: boolean;
  /** It hears nothing at all: an agent that no figure may be good for. Default false. */
  readonly isDeaf?: boolean;
}

export interface PlayedTalk {
  /** None of a talk in which a stage failed: an answer that comes late then is no fault of turn-taking. */
  readonly observations: readonly Observation[];
  readonly faults: VirtualFaults;
}

/** A talk takes some thousand steps; one that takes so many never ends. */
const MOST_STEPS = 100_000;

/** Holds one talk in virtual time. The same talk, agent and seed give the same result. */
export function playTalk(talk: Talk, agent: VirtualAgent, seed: number): PlayedTalk {
  const random = createSeededRandom(seed);
  const speeds = drawSpeeds(random, agent.providers ?? 'usual');
  const fault = drawFault(random);
  const planned = agent.hasFaults ? fault : null;
  const world = new World(settingsOf(agent, random));
  const { caller, voice, watch } = furnish(world, { talk, agent, random, speeds, fault: planned });
  connect(world);
  let isOver = false;
  if (talk.hasSteadyNoise) runSteadyNoise({ world, random, isOver: () => isOver, ear: caller.ear });
  runScript(world, caller.person.hold(talk));
  isOver = true;
  return {
    observations: planned === null ? caller.person.observations : [],
    faults: watch.faults(voice),
  };
}

function furnish(
  world: World,
  given: {
    readonly talk: Talk;
    readonly agent: VirtualAgent;
    readonly random: SeededRandom;
    readonly speeds: StageSpeeds;
    readonly fault: PlannedFault | null;
  },
) {
  const { talk, agent, random, speeds, fault } = given;
  const watch = watchFaults(world);
  const ear = new AgentEar(world, speeds, fault, agent.isDeaf === true);
  const echoAfterMs = talk.echoMs === null ? null : ONE_WAY_MS + random.between(...talk.echoMs);
  const echo = (comeBack: () => void) => {
    if (echoAfterMs !== null) world.plan(echoAfterMs, comeBack);
  };
  const voice = new AgentVoice({
    world,
    speeds,
    fault,
    onStart: watch.noteStart,
    onWordStart: (lengthMs) => echo(() => ear.hear({ lengthMs, words: [] })),
    onWordEnd: (word) => echo(() => ear.hearWord(plain(word))),
  });
  const model = new AgentModel(world, speeds, fault);
  const person = new VirtualCaller({
    world,
    ear,
    voice,
    model,
    random,
    speeds,
    onDeadlock: watch.noteDeadlock,
  });
  const score = agent.createEndOfTurnModel?.(random) ?? null;
  if (score !== null)
    world.addStage((command) => {
      if (command.type !== 'scoreEndOfTurn') return;
      const probability = score(person.silence);
      const event = { type: 'endOfTurnScored', data: { participantId: CALLER, probability } } as const;
      world.plan(speeds.scoreMs, () => world.tell(event));
    });
  return { caller: { person, ear }, voice, watch };
}

function connect(world: World): void {
  world.tell({ type: 'callStarted', data: {} });
  world.tell({ type: 'pipelineReady', data: {} });
  world.tell({
    type: 'participantJoined',
    data: { participantId: CALLER, kind: 'standard', name: 'Ann' },
  });
  world.tell({ type: 'participantListening', data: { participantId: CALLER } });
}

function runScript(world: World, script: Generator<Wait, void, boolean>): void {
  let step = script.next();
  for (let steps = 0; !step.done; steps++) {
    const wait = step.value;
    // Somebody must look when the wait is over, even if nothing else happens then.
    world.plan(wait.byMs - world.nowMs, () => undefined);
    while (!wait.isMet() && world.nowMs < wait.byMs) {
      if (++steps > MOST_STEPS) throw new Error(`a talk takes more than ${MOST_STEPS} steps: it never ends`);
      if (!world.advance()) throw new Error('nothing is to come, and the caller waits');
    }
    step = script.next(wait.isMet());
  }
}

/** Streaming recognisers are asked for their final; the embedded one knows whole utterances. Half of the talks each. */
const STREAMING = { givesInterims: true, finalizeAfterSilenceMs: 300 };
const WHOLE_UTTERANCES = { givesInterims: false, finalizeAfterSilenceMs: 3_000 };

function settingsOf(
  { silenceDurationMs = 500, createEndOfTurnModel }: VirtualAgent,
  random: SeededRandom,
): CallSettings {
  return {
    generation: 1,
    resumes: false,
    language: 'en',
    turn: turnSettingsSchema.parse({ vadParams: { silenceDurationMs } }),
    phrases: turnPhrasesSchema.parse({}),
    pipeline: pipelineSettingsSchema.parse({}),
    greeting: 'Hello there, this is the bicycle shop.',
    resumeLine: 'Sorry, I lost you for a moment.',
    apology: 'Sorry, something went wrong.',
    startNode: 'start',
    ...(random.next() < 0.5 ? STREAMING : WHOLE_UTTERANCES),
    reopensDeafStt: false,
    scoresEndOfTurn: createEndOfTurnModel !== null,
    callerWaitMs: 15_000,
  };
}

function plain(word: string): string {
  return word.replace(/[.,]/g, '').toLowerCase();
}

import type { Observation } from '../figures/observation.ts';
import { createSeededRandom, type SeededRandom } from '../seeded-random.ts';
import type { Talk } from '../talks/talk.ts';
import { AgentEar, CALLER } from './agent-ear.ts';
import { AgentModel } from './agent-model.ts';
import { AgentVoice } from './agent-voice.ts';
import { drawSettings } from './call-settings.ts';
import { connectCaller } from './connect-caller.ts';
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
import { VirtualCaller } from './virtual-caller.ts';
import { type Wait, World } from './world.ts';

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

/** Holds one talk in virtual time. The same talk, agent and seed give the same result. */
export function playTalk(talk: Talk, agent: VirtualAgent, seed: number): PlayedTalk {
  const random = createSeededRandom(seed);
  const speeds = drawSpeeds(random, agent.providers ?? 'usual');
  const fault = drawFault(random);
  const planned = agent.hasFaults ? fault : null;
  const { silenceDurationMs = 500, createEndOfTurnModel } = agent;
  const settings = drawSettings(random, { silenceDurationMs, hasModel: createEndOfTurnModel !== null });
  const world = new World(settings);
  const { caller, voice, watch } = furnish(world, { talk, agent, random, speeds, fault: planned });
  connectCaller(world);
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

function runScript(world: World, script: Generator<Wait, void, boolean>): void {
  let step = script.next();
  while (!step.done) step = script.next(world.runUntil(step.value));
}

function plain(word: string): string {
  return word.replace(/[.,]/g, '').toLowerCase();
}

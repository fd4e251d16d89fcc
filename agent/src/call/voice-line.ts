import type { CallCommand } from '@parley/contracts/call-event';
import {
  type ReplyId,
  replyIdSchema,
  type SegmentId,
  segmentIdSchema,
  toolCallIdSchema,
} from '@parley/contracts/ids';
import type { ModelMessage } from '@parley/engine/conversation/model-context';
import type { Logger } from 'pino';
import type { Llm, LlmEvent, LlmRequest } from '../llm/contract.ts';
import type { Playout, PlayoutEvent } from '../playout/contract.ts';
import { ProviderError } from '../runtime/provider-error.ts';
import type { Tts, TtsEvent, TtsReply } from '../tts/contract.ts';
import type { NewCallEvent } from './call-driver.ts';

type AbortReason = Extract<CallCommand, { type: 'abortReply' }>['data']['reason'];

/** The agent's way out: model, voice, playout; one line a reply at a time. */
export interface VoiceLine {
  startLlm(replyId: ReplyId, messages: readonly ModelMessage[], node: string): void;
  speak(replyId: ReplyId, segmentId: SegmentId, text: string): void;
  finishSpeech(replyId: ReplyId): void;
  abort(replyId: ReplyId, reason: AbortReason): void;
  /** The reply is over. */
  release(replyId: ReplyId): void;
  close(): void;
}

/** Why the work on a reply is stopped at its vendors. */
export class ReplyAborted extends Error {
  override readonly name = 'ReplyAborted';
  readonly code: AbortReason;
  constructor(code: ReplyAborted['code']) {
    super(`reply aborted: ${code}`);
    this.code = code;
  }
}

/** What a model is told of its agent with every request of a call. */
export type ModelBrief = Pick<LlmRequest, 'instructions' | 'tools'>;

interface OpenLine {
  readonly controller: AbortController;
  speech: TtsReply | null;
}

export function openVoiceLine(options: {
  readonly llm: Llm;
  readonly brief: () => ModelBrief;
  readonly tts: Tts;
  readonly voice: string;
  /** BCP 47 tag of what is spoken now. */
  readonly language: () => string;
  readonly playout: Playout;
  readonly send: (event: NewCallEvent) => void;
  readonly log: Logger;
  readonly spawn: (task: () => Promise<void>) => void;
}): VoiceLine {
  const { llm, tts, playout, send, log, spawn } = options;
  const lines = new Map<ReplyId, OpenLine>();

  const lineOf = (replyId: ReplyId): OpenLine => {
    const known = lines.get(replyId);
    if (known !== undefined) return known;
    const line: OpenLine = { controller: new AbortController(), speech: null };
    lines.set(replyId, line);
    playout.open(replyId);
    return line;
  };

  const fail = (replyId: ReplyId, type: 'llmFailed' | 'ttsFailed', error: unknown) => {
    const code = error instanceof ProviderError ? error.code : 'unavailable';
    const message = error instanceof Error ? error.message : String(error);
    log.warn({ err: error, replyId }, type === 'llmFailed' ? 'the model failed' : 'the voice failed');
    send({ type, data: { replyId, code, message } });
  };

  const pumpSpeech = async (replyId: ReplyId, line: OpenLine, speech: TtsReply) => {
    let soundingSegmentId: string | null = null;
    try {
      for await (const event of speech) {
        // What was billed was billed, whether or not it is heard.
        if (event.type === 'usage') send(countedCharacters(event));
        if (line.controller.signal.aborted) return;
        switch (event.type) {
          case 'audio':
            if (event.segmentId !== soundingSegmentId) {
              soundingSegmentId = event.segmentId;
              const segmentId = segmentIdSchema.parse(event.segmentId);
              send({ type: 'ttsStarted', data: { replyId, segmentId } });
            }
            playout.enqueue(replyId, event.segmentId, event.samples, event.sampleRateHz);
            break;
          case 'words':
            playout.mark(replyId, event.segmentId, event.marks);
            break;
          case 'segmentEnd':
            playout.endSegment(replyId, event.segmentId);
            break;
        }
      }
      if (!line.controller.signal.aborted) playout.finish(replyId);
    } catch (error) {
      if (!line.controller.signal.aborted) fail(replyId, 'ttsFailed', error);
    }
  };

  return {
    startLlm(replyId, messages, node) {
      const { signal } = lineOf(replyId).controller;
      spawn(async () => {
        const usage = { inputTokens: 0, outputTokens: 0 };
        try {
          for await (const event of llm.stream({ ...options.brief(), messages, node }, { signal })) {
            if (event.type === 'usage') send(countedTokens(event));
            if (signal.aborted) return;
            switch (event.type) {
              case 'text':
                send({ type: 'llmTextDelta', data: { replyId, text: event.text } });
                break;
              case 'toolCall': {
                const { name, argumentsJson } = event;
                const toolCallId = toolCallIdSchema.parse(event.toolCallId);
                send({ type: 'llmToolCalled', data: { replyId, toolCallId, name, argumentsJson } });
                break;
              }
              case 'usage':
                usage.inputTokens += event.inputTokens;
                usage.outputTokens += event.outputTokens;
                break;
            }
          }
          if (!signal.aborted) send({ type: 'llmFinished', data: { replyId, ...usage } });
        } catch (error) {
          if (!signal.aborted) fail(replyId, 'llmFailed', error);
        }
      });
    },
    speak(replyId, segmentId, text) {
      const line = lineOf(replyId);
      if (line.controller.signal.aborted) return;
      if (line.speech === null) {
        const { voice } = options;
        const speech = tts.open({ voice, language: options.language(), signal: line.controller.signal });
        line.speech = speech;
        spawn(() => pumpSpeech(replyId, line, speech));
      }
      line.speech.say({ segmentId, text });
    },
    finishSpeech: (replyId) => lines.get(replyId)?.speech?.finish(),
    abort(replyId, reason) {
      const line = lines.get(replyId);
      lines.delete(replyId);
      line?.controller.abort(new ReplyAborted(reason));
    },
    release: (replyId) => void lines.delete(replyId),
    close() {
      for (const { controller } of lines.values()) controller.abort(new ReplyAborted('call_ended'));
      lines.clear();
    },
  };
}

function countedCharacters(usage: Extract<TtsEvent, { type: 'usage' }>): NewCallEvent {
  const { provider, model, characters } = usage;
  return { type: 'usageCounted', data: { stage: 'tts', provider, model, characters } };
}

function countedTokens({ type: _, ...counted }: Extract<LlmEvent, { type: 'usage' }>): NewCallEvent {
  return { type: 'usageCounted', data: { stage: 'llm', ...counted } };
}

/** What playout tells, as the reducer hears it. */
export function callEventOfPlayout(event: PlayoutEvent): NewCallEvent {
  const replyId = replyIdSchema.parse(event.replyId);
  switch (event.type) {
    case 'started':
      return { type: 'playoutStarted', data: { replyId, segmentId: segmentIdSchema.parse(event.segmentId) } };
    case 'progressed': {
      const segmentId = segmentIdSchema.parse(event.segmentId);
      return { type: 'playoutProgressed', data: { replyId, segmentId, charEnd: event.charEnd } };
    }
    case 'segmentPlayed':
      return { type: 'segmentPlayed', data: { replyId, segmentId: segmentIdSchema.parse(event.segmentId) } };
    case 'held':
      return { type: 'playoutHeld', data: { replyId } };
    case 'resumed':
      return { type: 'playoutResumed', data: { replyId } };
    case 'cleared': {
      const segmentId = event.segmentId === null ? null : segmentIdSchema.parse(event.segmentId);
      return { type: 'playoutCleared', data: { replyId, segmentId, charEnd: event.charEnd } };
    }
    case 'finished':
      return { type: 'playoutFinished', data: { replyId } };
  }
}

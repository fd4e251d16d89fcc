import { z } from 'zod';
import { callIdSchema } from './ids.ts';
import { providersWishSchema } from './provider-choice.ts';

/** What an operator wants of a running call. */
export const roomCommandSchema = z.discriminatedUnion('type', [
  /** Becomes the event `recordingRequested`. */
  z.object({ type: z.literal('setRecording'), state: z.enum(['on', 'paused']) }),
  /** Becomes the event `providersAsked`. */
  providersWishSchema.extend({ type: z.literal('useProviders') }),
]);
export type RoomCommand = z.infer<typeof roomCommandSchema>;

/**
 * A command goes from web/server to the agent of a call as the data topic `TOPIC.command`: a JWT (HS256) signed with the
 * LiveKit API secret, `iss` the API key, `aud` = `COMMAND_AUDIENCE`, with these claims. A packet's sender says nothing:
 * to an agent the server's packets look like those of a participant that the SFU hides, or has not told of yet.
 */
export const COMMAND_AUDIENCE = 'parley-command';
/** Longest life of a command, in s: what is signed is seen by nobody but the agent, and is of no use later. */
export const COMMAND_LIFE_S = 60;
export const commandClaimsSchema = z.object({ sub: callIdSchema, command: roomCommandSchema });

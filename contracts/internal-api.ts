import { z } from 'zod';
import { journalHeaderSchema, journalLineSchema } from './call-event.ts';
import { callIdSchema, generationSchema, seatSchema } from './ids.ts';

/**
 * What agent processes tell web/server, under `/internal/*`. Bearer: a JWT of at most 5 minutes signed with the
 * LiveKit API secret, `aud` = `INTERNAL_AUDIENCE`.
 */
export const INTERNAL_AUDIENCE = 'parley-internal';

/** `POST /internal/claims`: may this process speak in this seat? One winner a (callId, seat, generation). */
export const claimRequestSchema = z.strictObject({
  callId: callIdSchema,
  seat: seatSchema,
  generation: generationSchema,
  /** Who claims; a claim repeated by its winner is granted again. */
  workerId: z.string().min(1).max(128),
});
export type ClaimRequest = z.infer<typeof claimRequestSchema>;

export const claimAnswerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('granted') }),
  /** An equal or higher generation holds the seat. */
  z.strictObject({ kind: z.literal('refused'), heldGeneration: generationSchema }),
]);
export type ClaimAnswer = z.infer<typeof claimAnswerSchema>;

const agentSummarySchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  language: z.string(),
  /** May be called without the access key, from an allowed origin. */
  isPublic: z.boolean(),
  /** SHA-256 of the definition's canonical JSON. */
  contentHash: z.string(),
});
export type AgentSummary = z.infer<typeof agentSummarySchema>;

export const stageReportSchema = z.strictObject({
  provider: z.string(),
  /** Why this provider was chosen, in words for a person. */
  reason: z.string(),
  /** What would switch on more, in words for a person. */
  upgrade: z.string(),
});
export type StageReport = z.infer<typeof stageReportSchema>;

export const stageNameSchema = z.enum(['vad', 'stt', 'llm', 'tts']);
export type StageName = z.infer<typeof stageNameSchema>;

/** `POST /internal/workers`: a worker process's state, sent at every change and every 2 s; forgotten after 6 s. */
export const workerReportSchema = z.strictObject({
  workerId: z.string().min(1).max(128),
  state: z.enum(['starting', 'ready', 'full', 'draining', 'stopped']),
  /** Registered with LiveKit under this process's agent names. */
  isRegistered: z.boolean(),
  calls: z.number().int().min(0),
  maxCalls: z.number().int().min(1),
  /** Empty until the process has made them. */
  stages: z.partialRecord(stageNameSchema, stageReportSchema),
  agents: z.array(agentSummarySchema),
  defaultAgent: z.string(),
  /** Faults of definition files, in words, with the file's name first. */
  definitionFaults: z.array(z.string()),
  /** Where it answers for its health and metrics, on loopback of the machine of that name. */
  health: z
    .strictObject({ hostName: z.string().max(256), port: z.number().int().min(1).max(65_535) })
    .optional(),
});
export type WorkerReport = z.infer<typeof workerReportSchema>;

/** Most journal lines in one shipment, and its largest body, in bytes. */
export const MAX_SHIPPED_LINES = 2_000;
export const MAX_SHIPMENT_BYTES = 4 * 1024 * 1024;

/**
 * `POST /internal/events`: lines of one generation's journal, in order and without gaps from `lines[0].seq` on. Lines that
 * the server has are taken again without harm: (callId, seat, generation, seq) is their key.
 */
export const shipmentSchema = z.strictObject({
  header: journalHeaderSchema,
  lines: z.array(journalLineSchema).max(MAX_SHIPPED_LINES),
  /** The journal ends here: its process closed it, or died and another found it. */
  isLast: z.boolean(),
});
export type Shipment = z.infer<typeof shipmentSchema>;

export const shipmentAnswerSchema = z.discriminatedUnion('kind', [
  /** Everything before `nextSeq` is stored. Less than what was sent where something before it is missing. */
  z.strictObject({
    kind: z.literal('stored'),
    nextSeq: z.number().int().min(0),
    /** The highest generation of the seat that the server knows: a process of a lower one stops. */
    heldGeneration: generationSchema,
  }),
  /** The call was deleted: the sender deletes its copies of journal and recording too. */
  z.strictObject({ kind: z.literal('deleted') }),
]);
export type ShipmentAnswer = z.infer<typeof shipmentAnswerSchema>;

/** `GET /internal/calls/{callId}/{seat}/journals`: all that the server has of a seat, by generation, for a process that goes on. */
export const storedJournalsSchema = z.strictObject({
  journals: z.array(z.strictObject({ header: journalHeaderSchema, lines: z.array(journalLineSchema) })),
});
export type StoredJournals = z.infer<typeof storedJournalsSchema>;

/**
 * `PUT /internal/files/{callId}/{generation}/{name}`: a part of a call's recording as its body, whole, where agent and
 * server share no disk. Answered with 204 once it is on disk, 409 `digest_mismatch` where the body is not what its
 * digest says, 410 where the call was deleted.
 */
export const FILE_DIGEST_HEADER = 'x-parley-sha256';
export const uploadedFileNameSchema = z.enum(['recording.part', 'journal']);
export type UploadedFileName = z.infer<typeof uploadedFileNameSchema>;

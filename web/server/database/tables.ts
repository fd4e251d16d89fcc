import type { Generated } from 'kysely';

/**
 * The tables as queries see them, the same in SQLite and PostgreSQL. Instants are wall clock, in ms since 1970 UTC,
 * unless a name says that they are of the call clock; booleans are 0 or 1; `*_json` holds JSON text.
 */
export interface Tables {
  calls: CallsTable;
  call_tags: { call_number: number; tag: string };
  turns: TurnsTable;
  tool_calls: ToolCallsTable;
  moments: MomentsTable;
  journals: JournalsTable;
  journal_chunks: JournalChunksTable;
  seats: SeatsTable;
  tombstones: { call_id: string; deleted_at_ms: number };
  agents: AgentsTable;
  agent_versions: AgentVersionsTable;
  api_keys: ApiKeysTable;
  logins: { login: string; password_hash: string; created_at_ms: number };
  sessions: SessionsTable;
  webhooks: WebhooksTable;
  webhook_deliveries: WebhookDeliveriesTable;
}

/** A row of the list of calls: `CallSummary`, and what the server needs beside it. */
export interface CallsTable {
  /** Rises with each call that becomes known here. */
  number: Generated<number>;
  call_id: string;
  state: 'waiting' | 'active' | 'ended';
  channel: 'web' | 'phone';
  direction: 'inbound' | 'outbound';
  agent: string;
  agent_version: number | null;
  room_name: string;
  caller: string | null;
  /** `foldText` of the caller, for the filter. */
  caller_folded: string | null;
  /** The API key that the call was begun with; null where it was none. */
  owner_key_id: string | null;
  created_at_ms: number;
  answered_at_ms: number | null;
  ended_at_ms: number | null;
  duration_ms: number | null;
  end_reason: string | null;
  /** Who told the end: the call's journal, or the server that found the room gone. */
  ended_by: 'agent' | 'server' | null;
  /** A human was seen in the room, whether or not an agent told of it. */
  is_caller_seen: number;
  turn_count: number;
  voice_to_voice_p50_ms: number | null;
  voice_to_voice_p95_ms: number | null;
  latency_json: string;
  usage_json: string;
  cost_usd: number | null;
  recording: 'none' | 'pending' | 'ready' | 'incomplete';
  recording_path: string | null;
  continues_call_id: string | null;
  /** Lines are stored that the rows of the call do not show yet. */
  is_behind: number;
}

export interface TurnsTable {
  /** `call_number` times `IDS_PER_CALL`, and the turn's place in the call: newer calls have higher ones. */
  id: number;
  call_number: number;
  role: 'caller' | 'agent';
  /** `searchWords` of the text. */
  words: string;
  /** A `RecordedTurn`. */
  turn_json: string;
}
/** Most turns of one call, and so the distance between the ids of two calls' turns. */
export const IDS_PER_CALL = 2 ** 20;

export interface ToolCallsTable {
  call_number: number;
  /** Place among the call's tool calls, from 0. */
  position: number;
  /** A `ToolCallRecord`. */
  tool_call_json: string;
}

export interface MomentsTable {
  call_number: number;
  /** Place among the call's moments, from 0. */
  position: number;
  /** A `CallMoment`. */
  moment_json: string;
}

/** One generation of one seat, as its agent process told it. */
export interface JournalsTable {
  call_number: number;
  seat: string;
  generation: number;
  /** A `JournalHeader`. */
  header_json: string;
  /** Every line before this one is stored. */
  next_seq: number;
  is_whole: number;
}

/** Some lines of a journal, in order, as they came: deflated newline-delimited JSON. */
export interface JournalChunksTable {
  call_number: number;
  seat: string;
  generation: number;
  first_seq: number;
  line_count: number;
  lines: Uint8Array;
}

/** Who holds a seat of a call. `worker_id` is null where the holder is known by sight only. */
export interface SeatsTable {
  call_id: string;
  seat: string;
  generation: number;
  worker_id: string | null;
}

export interface AgentsTable {
  name: string;
  latest_version: number;
  seen_at_ms: number;
}

export interface AgentVersionsTable {
  agent: string;
  /** Counts the definitions of an agent from 1, in the order in which workers announced them. */
  version: number;
  content_hash: string;
  title: string;
  description: string;
  language: string;
  is_public: number;
  announced_at_ms: number;
}

export interface ApiKeysTable {
  key_id: string;
  name: string;
  /** SHA-256 of the key, hex. */
  key_hash: string;
  scopes_json: string;
  created_at_ms: number;
  used_at_ms: number | null;
  revoked_at_ms: number | null;
}

export interface SessionsTable {
  /** SHA-256 of the cookie, hex. */
  session_hash: string;
  login: string;
  created_at_ms: number;
  expires_at_ms: number;
}

export interface WebhooksTable {
  webhook_id: string;
  url: string;
  secret: string;
  events_json: string;
  is_enabled: number;
  created_at_ms: number;
  description: Generated<string>;
  /** Signs beside `secret` until `former_secret_ends_at_ms`. */
  former_secret: string | null;
  former_secret_ends_at_ms: number | null;
  disabled_reason: 'by_operator' | 'failing' | 'gone' | null;
  disabled_at_ms: number | null;
  failing_since_ms: number | null;
}

/** The outbox: a row an event and receiver, written with what it tells of. */
export interface WebhookDeliveriesTable {
  delivery_id: string;
  webhook_id: string;
  event_type: string;
  call_id: string | null;
  body_json: string;
  state: 'queued' | 'waiting' | 'delivered' | 'given_up';
  attempts: number;
  created_at_ms: number;
  next_attempt_at_ms: number;
  /** Until then one server tries, and no other; it shows `lease_id` to say what came of it. */
  leased_until_ms: number | null;
  answer_status: number | null;
  answer_note: string | null;
  message_id: Generated<string>;
  /** Place among what the receiver is told of the call. */
  position: Generated<number>;
  /** What it tells of, once a call and receiver; null for a trial. */
  event_key: string | null;
  lease_id: string | null;
  fault: string | null;
  attempted_at_ms: number | null;
  took_ms: number | null;
}

/** Names that Parley and LiveKit's clients agree on inside a room. */

/** Attributes of the agent participant. */
export const AGENT_ATTRIBUTE = {
  /** LiveKit's agent state; one of `AGENT_STATES`. */
  state: 'lk.agent.state',
  /** Both names are in use by LiveKit's own clients. */
  name: 'lk.agent.name',
  legacyName: 'lk.agent_name',
  callId: 'parley.call_id',
  generation: 'parley.generation',
  agent: 'parley.agent',
  /**
   * `true` while what is being spoken may be interrupted: not the greeting, not in half-duplex, not while the caller is
   * muted. A page ducks the agent's voice by its own ears only while it is.
   */
  isInterruptible: 'parley.interruptible',
  /** `true` while the agent holds its voice and weighs whether it is being interrupted. */
  isHeld: 'parley.held',
} as const;

/** Attributes that the server gives a human with the token: clients cannot set them, so that they may be believed. */
export const HUMAN_ATTRIBUTE = {
  /** What the participant is in the call, by the grant that the server made: `caller`. */
  role: 'parley.role',
  /** Names, separated by commas, what of the participant its client said: `name`, `metadata`, `attributes`. */
  untrusted: 'parley.untrusted',
} as const;

export const AGENT_STATES = ['initializing', 'idle', 'listening', 'thinking', 'speaking'] as const;
export type AgentState = (typeof AGENT_STATES)[number];

/** Topics of text streams. */
export const TOPIC = {
  transcription: 'lk.transcription',
  chat: 'lk.chat',
  /** Byte stream from a caller: what its microphone heard before the agent came. LiveKit's name. */
  preConnectAudio: 'lk.agent.pre-connect-audio-buffer',
  /** Byte streams of `AgentSessionMessage`, both ways: events, and answers to LiveKit's debug clients. LiveKit's name. */
  session: 'lk.agent.session',
  /** From the server to the page: why no agent came, as JSON of `callNoticeSchema`. */
  notice: 'parley.notice',
  /** From the agent to everybody: how long an answer took, as JSON of `replyLatencySchema`, after its first sound. */
  latency: 'parley.latency',
  /** From the server to the agent: what an operator wants of the call, signed: see `COMMAND_AUDIENCE`. */
  command: 'parley.command',
} as const;

/** RPC methods that a participant's client may offer to the agent. */
export const RPC = {
  /** How long sound takes in the client: answers an empty text with JSON of `earReportSchema`. */
  ear: 'parley.ear',
} as const;

/** Attributes of a transcription stream; every value is a string. */
export const TRANSCRIPTION_ATTRIBUTE = {
  segmentId: 'lk.segment_id',
  isFinal: 'lk.transcription_final',
  trackId: 'lk.transcribed_track_id',
  /** `true` on an agent's segment that was cut by the caller. */
  isInterrupted: 'parley.interrupted',
  /** Beside `isInterrupted`: the words that follow and were not heard, at most `MAX_UNHEARD_CHARS`. Absent where none. */
  unheard: 'parley.unheard',
} as const;

/** Longest `unheard` attribute, in UTF-16 code units: a stream's head must fit into one data packet, of 15 kB. */
export const MAX_UNHEARD_CHARS = 2_000;

/** Attribute prefixes that a client may not set for itself. */
export const RESERVED_ATTRIBUTE_PREFIXES = ['lk.', 'sip.', 'parley.'] as const;

/** Longest typed message taken from a room, in bytes of UTF-8; a longer one is refused with a log line. */
export const MAX_CHAT_BYTES = 8 * 1024;

import WebSocket from 'ws';

/** A message of LiveKit's agent protocol is at most 2 MiB; a larger frame is not one. */
const MAX_FRAME_BYTES = 2 * 1024 * 1024;
const HANDSHAKE_TIMEOUT_MS = 5_000;

/** One websocket to livekit-server's `/agent`. */
export interface AgentConnection {
  /** Sends a frame; on a connection that is not open it is dropped. */
  send(data: Uint8Array): void;
  /** Ends it at once, without a closing handshake; `onClosed` follows. */
  close(): void;
}

export interface AgentConnectionEvents {
  readonly onOpen: () => void;
  readonly onMessage: (data: Uint8Array) => void;
  /** Called once, whether it was ever open or not. */
  readonly onClosed: (reason: string) => void;
}

export type OpenAgentConnection = (
  address: { readonly url: string; readonly token: string },
  events: AgentConnectionEvents,
) => AgentConnection;

/** Connects to the livekit-server at `url` (`ws:` or `wss:`) with a token whose grant is `agent`. */
export const openAgentConnection: OpenAgentConnection = ({ url, token }, { onOpen, onMessage, onClosed }) => {
  const socket = new WebSocket(`${url}/agent?protocol=1`, {
    headers: { authorization: `Bearer ${token}` },
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
  });
  socket.binaryType = 'nodebuffer';
  let failure = '';
  socket.on('open', onOpen);
  socket.on('message', (data) => {
    if (Buffer.isBuffer(data)) onMessage(data);
  });
  // An error is always followed by the close.
  socket.on('error', (error) => (failure = error.message || String((error as NodeJS.ErrnoException).code)));
  socket.on('close', (code, reason) =>
    onClosed(failure || `closed with ${code} ${reason.toString()}`.trim()),
  );
  return {
    send: (data) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(data, { binary: true }, () => {});
    },
    close: () => socket.terminate(),
  };
};

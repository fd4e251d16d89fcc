/** Type of a text message from a client, and the rest of it; null for what is not one. */
export function readClientMessage(
  text: string,
): ({ readonly type: string } & Readonly<Record<string, unknown>>) | null {
  try {
    const message: unknown = JSON.parse(text);
    if (typeof message !== 'object' || message === null || !('type' in message)) return null;
    return { ...message, type: String(message.type) };
  } catch {
    return null;
  }
}

/** Sound of a binary message: 16 bits, the low byte first. */
export function samplesOf(bytes: Uint8Array): Int16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length: bytes.byteLength >> 1 }, (_, index) => view.getInt16(2 * index, true));
}

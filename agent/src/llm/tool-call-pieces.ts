/** A tool call, or a piece of one, as a delta of a stream has it. Vendors leave out any of these. */
export interface ToolCallPiece {
  readonly index?: number | null;
  readonly id?: string | null;
  readonly function?: { readonly name?: string | null; readonly arguments?: string | null } | null;
}

export interface WholeToolCall {
  readonly id: string;
  readonly name: string;
  readonly argumentsJson: string;
}

/** Puts the calls of one answer together. */
export interface ToolCallPieces {
  add(piece: ToolCallPiece): void;
  /** In the order in which they began. */
  calls(): readonly WholeToolCall[];
}

/**
 * OpenAI tells calls apart by `index` and sends id and name once; Gemini leaves the index out, or always writes 0, and may
 * leave the id empty: there another id, or another name, is another call. Other servers repeat the id on every piece.
 */
export function createToolCallPieces({ answerId }: { readonly answerId: () => string }): ToolCallPieces {
  const open: { readonly index: number | null; id: string; name: string; argumentsJson: string }[] = [];

  const callOf = (piece: ToolCallPiece) => {
    const index = piece.index ?? null;
    const known = index === null ? open.at(-1) : open.findLast((call) => call.index === index);
    if (known === undefined) return undefined;
    const id = piece.id ?? '';
    const isOther =
      id !== '' && known.id !== '' ? id !== known.id : Boolean(piece.function?.name) && known.name !== '';
    return isOther ? undefined : known;
  };

  return {
    add(piece) {
      let call = callOf(piece);
      if (call === undefined) {
        call = { index: piece.index ?? null, id: '', name: '', argumentsJson: '' };
        open.push(call);
      }
      call.id ||= piece.id ?? '';
      call.name ||= piece.function?.name ?? '';
      call.argumentsJson += piece.function?.arguments ?? '';
    },
    calls: () =>
      open.map(({ id, name, argumentsJson }, place) => ({
        id: id === '' ? `${answerId()}-${place}` : id,
        name,
        argumentsJson: argumentsJson.trim() === '' ? '{}' : argumentsJson,
      })),
  };
}

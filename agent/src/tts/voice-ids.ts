/**
 * The id of a voice by the name that people use; the ids of a vendor's other voices pass. Throws what `refuse` makes of a
 * message that names those that there are.
 */
export function createVoiceIds(options: {
  /** Ids by name. */
  readonly named: ReadonlyMap<string, string>;
  /** What an id looks like. */
  readonly pattern: RegExp;
  readonly refuse: (message: string) => Error;
}): (voice: string) => string {
  const { named, pattern, refuse } = options;
  return (voice) => {
    const id = named.get(voice) ?? (pattern.test(voice) ? voice : undefined);
    if (id !== undefined) return id;
    const known = [...named.keys()].join(', ');
    throw refuse(`there is no voice "${voice}"; there are: ${known}, and the ids of others`);
  };
}

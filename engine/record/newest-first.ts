/** A list that grows at its front and shares all the rest with what it was: adding costs the same however long it is. */
export type NewestFirst<T> = { readonly item: T; readonly before: NewestFirst<T> } | null;

export function add<T>(list: NewestFirst<T>, item: T): NewestFirst<T> {
  return { item, before: list };
}

/** All items, the oldest first. */
export function inOrder<T>(list: NewestFirst<T>): T[] {
  return addedSince(list, null);
}

/** What was added to a list since it was `before`, the oldest first; all of it where it never was that. */
export function addedSince<T>(list: NewestFirst<T>, before: NewestFirst<T>): T[] {
  const items: T[] = [];
  for (let rest = list; rest !== null && rest !== before; rest = rest.before) items.push(rest.item);
  return items.reverse();
}

/** What OpenAI takes for a BCP 47 tag: its language alone, as ISO 639 has it. */
export function primaryLanguage(tag: string): string {
  return (tag.split('-')[0] ?? tag).toLowerCase();
}

let tagsByName: ReadonlyMap<string, string> | null = null;

/**
 * The tag of a language that Whisper names in English, such as `hindi`; a tag stays what it is. Undefined for names
 * that are not those of the Unicode tables.
 */
export function languageTag(name: string): string | undefined {
  const plain = name.trim().toLowerCase();
  if (/^[a-z]{2,3}(-[a-z0-9]+)*$/.test(plain) && plain.length <= 3) return plain;
  tagsByName ??= readTags();
  return tagsByName.get(plain);
}

/** All two-letter languages by their English names, in lower case. */
function readTags(): ReadonlyMap<string, string> {
  const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const tags = letters.flatMap((first) => letters.map((second) => first + second));
  return new Map(
    tags.flatMap((tag) => (names.of(tag) === undefined ? [] : [[String(names.of(tag)).toLowerCase(), tag]])),
  );
}

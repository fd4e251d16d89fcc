import type { IdleStep } from '@parley/contracts/pipeline-settings';

/** What an agent says to a caller who has fallen silent, a language. */
interface IdleLines {
  /** Asks whether the caller is still there. */
  readonly check: string;
  /** Before it hangs up. */
  readonly goodbye: string;
}

const ENGLISH: IdleLines = {
  check: 'Are you still there?',
  goodbye: 'I cannot hear you, so I will hang up now. Goodbye.',
};

const BY_LANGUAGE: Readonly<Record<string, IdleLines>> = {
  en: ENGLISH,
  es: { check: '¿Sigue ahí?', goodbye: 'No le oigo, así que voy a colgar. Adiós.' },
  de: { check: 'Sind Sie noch da?', goodbye: 'Ich höre Sie nicht und lege jetzt auf. Auf Wiederhören.' },
  fr: { check: 'Vous êtes toujours là ?', goodbye: 'Je ne vous entends pas, je vais raccrocher. Au revoir.' },
  hi: { check: 'क्या आप अभी भी वहाँ हैं?', goodbye: 'मैं आपको सुन नहीं पा रहा, इसलिए कॉल समाप्त कर रहा हूँ। अलविदा।' },
};

/** What is said at a step: the agent's own words, or those of its language; English for one without. */
export function idleLine({ say, end }: IdleStep, language: string): string {
  const { check, goodbye } = BY_LANGUAGE[language.split('-')[0]?.toLowerCase() ?? ''] ?? ENGLISH;
  return say ?? (end ? goodbye : check);
}

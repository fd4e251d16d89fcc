/** What an agent says about recording, a language. */
interface ConsentLines {
  readonly ask: string;
  readonly agreed: string;
  readonly refused: string;
  /** Words that agree, beside the assents of the language. */
  readonly yes: readonly string[];
  readonly no: readonly string[];
}

const ENGLISH: ConsentLines = {
  ask: 'May I record this call?',
  agreed: 'Thank you.',
  refused: 'All right, I am not recording.',
  yes: ['yes', 'yes please', 'you may', 'go ahead', 'of course', 'that is fine', "that's fine"],
  no: [
    'no',
    'no thanks',
    'no thank you',
    'please do not',
    "please don't",
    "i'd rather not",
    'do not record',
    "don't record",
  ],
};

const BY_LANGUAGE: Readonly<Record<string, ConsentLines>> = {
  en: ENGLISH,
  es: {
    ask: '¿Puedo grabar esta llamada?',
    agreed: 'Gracias.',
    refused: 'De acuerdo, no la grabo.',
    yes: ['sí', 'si', 'claro', 'por supuesto', 'adelante'],
    no: ['no', 'no gracias', 'prefiero que no', 'no grabe'],
  },
  de: {
    ask: 'Darf ich dieses Gespräch aufzeichnen?',
    agreed: 'Danke.',
    refused: 'In Ordnung, ich zeichne nicht auf.',
    yes: ['ja', 'ja bitte', 'ja gern', 'gern', 'natürlich', 'dürfen sie'],
    no: ['nein', 'nein danke', 'lieber nicht', 'bitte nicht'],
  },
  fr: {
    ask: 'Puis-je enregistrer cet appel ?',
    agreed: 'Merci.',
    refused: "D'accord, je n'enregistre pas.",
    yes: ['oui', 'bien sûr', 'allez-y', "d'accord"],
    no: ['non', 'non merci', 'je préfère pas', 'je ne préfère pas'],
  },
  hi: {
    ask: 'क्या मैं यह कॉल रिकॉर्ड कर सकता हूँ?',
    agreed: 'धन्यवाद।',
    refused: 'ठीक है, मैं रिकॉर्ड नहीं कर रहा हूँ।',
    yes: ['हाँ', 'हां', 'जी हाँ', 'जी', 'ज़रूर'],
    no: ['नहीं', 'जी नहीं', 'मत कीजिए'],
  },
};

/** The lines of a language by its first subtag; English for one without. */
export function consentLines(language: string): ConsentLines {
  return BY_LANGUAGE[language.split('-')[0]?.toLowerCase() ?? ''] ?? ENGLISH;
}

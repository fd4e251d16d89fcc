const ENGLISH = 'I have to end our call here. Thank you for calling. Goodbye.';

/** What an agent says before it ends a call that has cost as much as it may, a language. It tells nothing of money. */
const BY_LANGUAGE: Readonly<Record<string, string>> = {
  en: ENGLISH,
  es: 'Tengo que terminar la llamada aquí. Gracias por llamar. Adiós.',
  de: 'Ich muss unser Gespräch hier beenden. Danke für Ihren Anruf. Auf Wiederhören.',
  fr: "Je dois mettre fin à notre appel. Merci d'avoir appelé. Au revoir.",
  hi: 'मुझे यह कॉल यहीं समाप्त करनी होगी। कॉल करने के लिए धन्यवाद। अलविदा।',
};

/** The line of a language by its first subtag; English for one without. */
export function limitLine(language: string): string {
  return BY_LANGUAGE[language.split('-')[0]?.toLowerCase() ?? ''] ?? ENGLISH;
}

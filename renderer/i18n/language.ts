/** The languages of the window. This file imports nothing, so that any process can read it. */
export const LANGUAGES = ['en', 'zh-TW'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Of those that a person has chosen for the system, the first is spoken, where we know it. */
export function languageFor(wanted: readonly string[]): Language {
  return /^zh\b/i.test(wanted[0] ?? '') ? 'zh-TW' : 'en';
}

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((language) => language === value);
}

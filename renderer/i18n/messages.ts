import { en, type Messages } from './en.ts';
import type { Language } from './language.ts';
import { zhTw } from './zh-tw.ts';

const TABLES: Record<Language, Messages> = { en, 'zh-TW': zhTw };

export function messagesFor(language: Language): Messages {
  return TABLES[language];
}

export type { Messages };

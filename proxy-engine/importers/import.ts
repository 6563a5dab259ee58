/** Rule sets of other programs, as a config: item by item, each with what became of it. */
import type { ImportResult, ImportSource } from '../contract/transfer.ts';
import { importCharles } from './charles.ts';
import { importHar } from './har.ts';
import { importNginx } from './nginx.ts';
import { importRequestly } from './requestly.ts';

const READERS: Record<ImportSource, (text: string) => ImportResult> = {
  charles: importCharles,
  requestly: importRequestly,
  har: importHar,
  nginx: importNginx,
};

/** Reads what `from` wrote. Never throws: a text that cannot be read at all is one refused item. */
export function importRules(text: string, from: ImportSource): ImportResult {
  return READERS[from](text);
}

import { UnreadableImport } from './draft.ts';

/** Throws `UnreadableImport`. A byte order mark is passed over. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UnreadableImport(`this is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

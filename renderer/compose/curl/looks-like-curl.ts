/** Whether a text is meant as a cURL command. */
export function looksLikeCurl(text: string): boolean {
  return /^\s*(?:\$ )?curl(?:\.exe)?\s/.test(text);
}

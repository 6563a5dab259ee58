/** A word that means exactly `text` to a POSIX shell, and to zsh, where `=ls` would be the path of that program. */
export function shellQuote(text: string): string {
  return /^(?!=)[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

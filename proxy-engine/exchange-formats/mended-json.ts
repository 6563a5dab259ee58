/** JSON as some programs and people write it: NaN and Infinity (mitmproxy), commas behind the last, line breaks in texts. */

/**
 * Piece by piece, never a whole text at once: that would take the room of the pattern's engine when the text is long, and for one that
 * does not end it would begin anew at every quote.
 */
const PIECE = /"|\\.|NaN|-?Infinity|,(?=\s*[}\]])|\p{Cc}/gsu;

export function mendedJson(text: string): string {
  let inText = false;
  return text.replace(PIECE, (piece) => {
    if (piece === '"') inText = !inText;
    if (inText) return piece.replace(/\p{Cc}/u, escaped);
    if (piece === ',') return '';
    return /[NI]/.test(piece) ? 'null' : piece;
  });
}

function escaped(control: string): string {
  return JSON.stringify(control).slice(1, -1);
}

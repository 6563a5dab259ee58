/** What the fields of a form hold (WHATWG URL §5.1), so that it is found as it was meant and not only as it was sent. Pure. */

const PLUS = 0x2b;
const PERCENT = 0x25;
const SPACE = 0x20;

/** -1: no digit, and with it no value. */
const DIGITS = new Int32Array(256).fill(-1);
for (const [value, digits] of [...'0123456789abcdef'].entries())
  for (const digit of [digits, digits.toUpperCase()]) DIGITS[digit.charCodeAt(0)] = value;

/** Whether bodies of the content type are percent-encoded forms. */
export function isForm(contentType: string): boolean {
  return /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType);
}

/** The bytes with `+` and `%41` decoded, `=` and `&` between them; what is not well-formed stays. null: nothing is encoded. */
export function unescapedForm(body: Buffer): Buffer | null {
  const plain = Buffer.allocUnsafe(body.length);
  let length = 0;
  let isEncoded = false;
  for (let at = 0; at < body.length; at++) {
    let byte = body[at] as number;
    if (byte === PLUS) {
      byte = SPACE;
      isEncoded = true;
    } else if (byte === PERCENT && at + 2 < body.length) {
      const value = ((DIGITS[body[at + 1] as number] as number) << 4) | (DIGITS[body[at + 2] as number] as number);
      if (value >= 0) {
        byte = value;
        at += 2;
        isEncoded = true;
      }
    }
    plain[length++] = byte;
  }
  return isEncoded ? plain.subarray(0, length) : null;
}

/** A record as it leaves the directory that it was recorded in: with what people wrote on it, and without secrets. */
import type { ExchangeMark, HeaderLines } from '../../contract/exchange.ts';
import { REDACTED, redactLines } from '../../contract/redaction.ts';
import { EXCHANGE, NUL, OWN, SHAPE, splitAnswered, UNIT } from './record-format.ts';
import { partsOf, type RecordParts, recordOf } from './record-parts.ts';
import { redactSnapshots, redactTraces } from './trace-text.ts';

export interface Rewriting {
  /** undefined: what the record says stays. */
  mark?: ExchangeMark | undefined;
  isSecret(this: void, name: string): boolean;
  /** Is told every header whose value was taken out. */
  onRedacted(this: void, name: string): void;
}

/** A copy at a place that is a multiple of eight; numbers of shapes mean nothing in another run of the engine. */
export function ownCopy(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  copy.writeDoubleLE(0, EXCHANGE.shape * 8);
  return copy;
}

/** `record`: without bodies; those that follow it stay what they are. */
export function rewriteRecord(record: Buffer, rewriting: Rewriting): Buffer {
  const parts = partsOf(record);
  rewriteOwn(parts.own, rewriting);
  rewriteTrace(parts, rewriting);
  return recordOf({ ...parts, heads: parts.heads.map((head) => redactHead(head, rewriting)) });
}

function rewriteOwn(parts: string[], rewriting: Rewriting): void {
  for (const place of [OWN.requestTrailers, OWN.responseTrailers])
    parts[place] = redactText(parts[place] ?? '', rewriting);
  parts[OWN.answeredLines] = redactAnswered(parts[OWN.answeredLines] ?? '', rewriting);
  if (rewriting.mark) {
    parts[OWN.color] = rewriting.mark.color ?? '';
    parts[OWN.note] = (rewriting.mark.note ?? '').replaceAll(NUL, ' ');
  }
}

function rewriteTrace({ shape, own }: RecordParts, rewriting: Rewriting): void {
  const isSecret = (name: string) => tells(name, rewriting);
  const { rules, values } = redactTraces(shape[SHAPE.traces] ?? '', own[OWN.traceValues] ?? '', isSecret);
  shape[SHAPE.traces] = rules;
  own[OWN.traceValues] = values;
  own[OWN.snapshots] = redactSnapshots(own[OWN.snapshots] ?? '', isSecret);
}

/** Those that come after the received ones stand alone: the received ones are redacted in their head. */
function redactAnswered(lines: string, rewriting: Rewriting): string {
  const [before, own] = splitAnswered(lines);
  return before + redactText(own, rewriting);
}

function redactText(lines: string, rewriting: Rewriting): string {
  if (lines === '') return '';
  const flat = lines.split(UNIT);
  const pairs: HeaderLines = Array.from({ length: flat.length / 2 }, (_, n) => [
    flat[n * 2] as string,
    flat[n * 2 + 1] as string,
  ]);
  const isSecret = (name: string) => tells(name, rewriting);
  return redactLines(pairs, isSecret).flat().join(UNIT);
}

function tells(name: string, { isSecret, onRedacted }: Rewriting): boolean {
  if (!isSecret(name)) return false;
  onRedacted(name.toLowerCase());
  return true;
}

/** As it was on the wire. */
function redactHead(head: Buffer, rewriting: Rewriting): Buffer {
  const text = head.toString('latin1');
  const redacted = text.replace(/(?<=\n)([^:\r\n]+):[^\r\n]*/g, (line, name: string) =>
    tells(name.trim(), rewriting) ? `${name}: ${REDACTED}` : line,
  );
  return Buffer.from(redacted, 'latin1');
}

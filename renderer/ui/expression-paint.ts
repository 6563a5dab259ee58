import { parser } from '../../proxy-engine/contract/expression/expression.generated.ts';

export type PaintKind = 'field' | 'operator' | 'value' | 'word' | 'plain' | 'mistake';

export interface PaintPart {
  text: string;
  kind: PaintKind;
}

const KINDS: Readonly<Record<string, PaintKind>> = {
  Field: 'field',
  Flag: 'field',
  Operator: 'operator',
  Bare: 'value',
  String: 'value',
  AndWord: 'word',
  OrWord: 'word',
  NotWord: 'word',
  InWord: 'word',
  HasWord: 'word',
};

/** Stands behind the text where something is missing, to be underlined. */
const END = '\u00a0';

/** The text of an expression in parts to colour, whole and in order: also one that is still being typed. */
export function paintExpression(text: string, mistake?: { from: number; to: number }): PaintPart[] {
  const kinds: PaintKind[] = Array.from({ length: text.length }, () => 'plain');
  parser.parse(text).iterate({
    enter(node) {
      const kind = KINDS[node.name];
      if (!kind) return true;
      kinds.fill(kind, node.from, node.to);
      return false;
    },
  });
  return marked(text, kinds, mistake);
}

/** An RE2 pattern in one colour, with its mistake. */
export function paintPattern(text: string, mistake: { from: number; to: number } | null): PaintPart[] {
  return marked(text, Array<PaintKind>(text.length).fill('plain'), mistake);
}

function marked(text: string, kinds: PaintKind[], mistake?: { from: number; to: number } | null): PaintPart[] {
  if (!mistake) return runs(text, kinds);
  kinds.fill('mistake', mistake.from, Math.max(mistake.to, mistake.from + 1));
  const parts = runs(text, kinds);
  return mistake.from < text.length ? parts : [...parts, { text: END, kind: 'mistake' }];
}

function runs(text: string, kinds: readonly PaintKind[]): PaintPart[] {
  const parts: PaintPart[] = [];
  kinds.forEach((kind, at) => {
    const last = parts.at(-1);
    if (last?.kind === kind) last.text += text[at];
    else parts.push({ text: text[at] ?? '', kind });
  });
  return parts;
}

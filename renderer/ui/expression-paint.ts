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
  if (mistake) kinds.fill('mistake', mistake.from, mistake.to);
  return runs(text, kinds);
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

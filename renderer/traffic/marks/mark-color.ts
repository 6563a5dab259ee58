import { MARK_COLORS, type MarkColor } from '../../../proxy-engine/contract/exchange.ts';

const VALUES: Record<MarkColor, string> = {
  red: 'var(--bad)',
  amber: 'var(--warn)',
  green: 'var(--ok)',
  blue: 'var(--info)',
  purple: 'var(--series-2)',
  gray: 'var(--faint)',
};

export function isMarkColor(name: string | undefined): name is MarkColor {
  return (MARK_COLORS as readonly (string | undefined)[]).includes(name);
}

/** What a mark's colour looks like; rules may name colours that this window has not. */
export function markColor(name: string): string {
  return isMarkColor(name) ? VALUES[name] : VALUES.gray;
}

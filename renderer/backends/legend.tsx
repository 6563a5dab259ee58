import type { CSSProperties } from 'react';
import { CutName } from '../ui/cut-name.tsx';
import { useWidth } from '../ui/use-width.ts';
import { namesThatFit } from './legend-width.ts';

interface LegendProps {
  names: readonly string[];
  /** Of the same places. */
  colors: readonly string[];
}

/** The names that find room, in their colours; the table below has them all. */
export function Legend({ names, colors }: LegendProps) {
  const [line, width] = useWidth();
  const shown = namesThatFit(names, width);
  return (
    <span className="legend" ref={line} title={names.join(', ')}>
      {names.slice(0, shown).map((name, n) => (
        <span key={name} className="backend-chip" style={{ '--series': colors[n] } as CSSProperties}>
          <i className="swatch" />
          <CutName name={name} />
        </span>
      ))}
      {shown < names.length ? <span className="legend-rest">+{names.length - shown}</span> : null}
    </span>
  );
}

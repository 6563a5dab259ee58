import { useState } from 'react';
import type { HeaderLines } from '../../../proxy-engine/contract/exchange.ts';
import { useMessages } from '../../app-context.tsx';
import { formatCount } from '../../format/quantities.ts';
import { Button } from '../../ui/button.tsx';
import { Input } from '../../ui/field.tsx';
import { Section } from '../../ui/section.tsx';

/** Ten thousand rows at once would hold up the window for seconds. */
const SHOWN = 200;

interface LinesSectionProps {
  title: string;
  lines: HeaderLines;
  /** Said instead of leaving the section out. */
  empty?: string;
}

/** Names and values as a table; of very many the first, and more when asked or looked for. */
export function LinesSection({ title, lines, empty }: LinesSectionProps) {
  if (lines.length === 0 && !empty) return null;
  return (
    <Section title={title} extra={lines.length > 0 ? formatCount(lines.length) : undefined}>
      {lines.length === 0 ? <p className="muted">{empty}</p> : null}
      {lines.length > SHOWN ? <ManyLines title={title} lines={lines} /> : null}
      {lines.length > 0 && lines.length <= SHOWN ? <LinesTable label={title} lines={lines} /> : null}
    </Section>
  );
}

function ManyLines({ title, lines }: Pick<LinesSectionProps, 'title' | 'lines'>) {
  const { detail } = useMessages();
  const [wanted, setWanted] = useState('');
  const [count, setCount] = useState(SHOWN);
  const found = linesWith(lines, wanted);
  const left = found.length - count;
  return (
    <>
      <Input
        type="search"
        className="lines-search"
        aria-label={detail.findLines(title)}
        placeholder={detail.findLines(title)}
        value={wanted}
        onChange={(event) => {
          setWanted(event.target.value);
          setCount(SHOWN);
        }}
      />
      <LinesTable label={title} lines={found.slice(0, count)} />
      {left > 0 ? (
        <Button size="small" className="lines-more" onClick={() => setCount(count + SHOWN)}>
          {detail.moreLines(Math.min(SHOWN, left), left)}
        </Button>
      ) : null}
    </>
  );
}

function linesWith(lines: HeaderLines, wanted: string): HeaderLines {
  const text = wanted.trim().toLowerCase();
  return text === '' ? lines : lines.filter(([name, value]) => `${name}: ${value}`.toLowerCase().includes(text));
}

export function LinesTable({ label, lines }: { label: string; lines: HeaderLines }) {
  return (
    <table className="header-table" aria-label={label}>
      <tbody>
        {lines.map(([name, value], index) => (
          <tr key={index}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

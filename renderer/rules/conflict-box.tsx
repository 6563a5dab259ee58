import './conflict-box.css';
import { useMessages } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import type { Conflict } from './rebase.ts';

interface ConflictBoxProps {
  conflicts: readonly Conflict[];
  onSettle: (key: string, take: 'mine' | 'theirs') => void;
}

/** What somebody else changed while it was edited here, both values beside each other, to choose from. */
export function ConflictBox({ conflicts, onSettle }: ConflictBoxProps) {
  const { conflict: texts } = useMessages();
  if (conflicts.length === 0) return null;
  return (
    <div className="conflicts" role="alert">
      {conflicts.map(({ key, mine, theirs }) => (
        <div key={key} className="conflict">
          <strong>{texts.changedMeanwhile(texts.keys[key] ?? key)}</strong>
          <Side name={texts.now} value={theirs} />
          <Side name={texts.yours} value={mine} />
          <div className="conflict-choice">
            <Button size="small" onClick={() => onSettle(key, 'theirs')}>
              {texts.takeTheirs}
            </Button>
            <Button size="small" onClick={() => onSettle(key, 'mine')}>
              {texts.keepMine}
            </Button>
          </div>
        </div>
      ))}
    </div>
  );
}

function Side({ name, value }: { name: string; value: unknown }) {
  const { conflict: texts } = useMessages();
  return (
    <div className="conflict-side">
      <span className="muted">{name}</span>
      <span className="mono">{valueText(value) ?? texts.nothing}</span>
    </div>
  );
}

function valueText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

import { ChevronDown, X } from 'lucide-react';
import { useState } from 'react';
import type { ExchangeRow } from '../../proxy-engine/contract/exchange.ts';
import type { App } from '../app.ts';
import { useApp, useMessages } from '../app-context.tsx';
import type { BenchRequest } from '../store/ui-store.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { benchRequestOf } from './bench-request.ts';

const OFFERED = 12;

/** The newest recorded exchanges, to be tried in the test bench. */
export function RecordedMenu() {
  const app = useApp();
  const { ruleActions: texts } = useMessages();
  const [rows, setRows] = useState<readonly ExchangeRow[]>([]);
  const trigger = (
    <Button size="small" onClick={() => app.attempt(app.recent(OFFERED).then(setRows))}>
      {texts.recorded}
      <ChevronDown size={12} aria-hidden />
    </Button>
  );
  return (
    <Menu trigger={trigger} align="end">
      {rows.length === 0 ? (
        <MenuItem disabled onSelect={() => {}}>
          {texts.noneRecorded}
        </MenuItem>
      ) : null}
      {rows.map((row) => (
        <MenuItem key={row.id} onSelect={() => app.attempt(tryRecorded(app, row.id))}>
          <span className="mono recorded-row truncate">
            {row.method} {row.host}
            {row.path}
          </span>
          <span className="suggestion-kind">{row.status ?? row.error?.code}</span>
        </MenuItem>
      ))}
    </Menu>
  );
}

async function tryRecorded(app: App, id: number): Promise<void> {
  app.ui.setState({ benchRequest: benchRequestOf(await app.exchange(id)) });
}

interface BenchNotesProps {
  asked: BenchRequest;
  onChange: (part: Partial<BenchRequest>) => void;
}

/** Says what else of a recorded exchange is tried: its client, and its answer. */
export function BenchNotes({ asked: { clientIp, protocol, response }, onChange }: BenchNotesProps) {
  const { ruleActions: texts } = useMessages();
  const sender = [clientIp, protocol].filter(Boolean).join(' · ');
  return (
    <>
      {sender ? (
        <BenchNote label={texts.withoutSender} onRemove={() => onChange({ clientIp: undefined, protocol: undefined })}>
          {texts.sentBy(sender)}
        </BenchNote>
      ) : null}
      {response ? (
        <BenchNote label={texts.withoutAnswer} onRemove={() => onChange({ response: undefined })}>
          {[texts.answeredWith(response.status), response.backend].filter(Boolean).join(' · ')}
        </BenchNote>
      ) : null}
    </>
  );
}

function BenchNote({ label, onRemove, children }: { label: string; onRemove: () => void; children: string }) {
  return (
    <div className="test-wide answer-note">
      <span>{children}</span>
      <IconButton tone="quiet" size="small" label={label} onClick={onRemove}>
        <X size={12} aria-hidden />
      </IconButton>
    </div>
  );
}

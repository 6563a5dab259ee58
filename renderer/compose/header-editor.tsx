import { Plus, X } from 'lucide-react';
import { useId, useRef } from 'react';
import { flushSync } from 'react-dom';
import { useStore } from 'zustand';
import { useApp, useMessages } from '../app-context.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { FieldError, Input } from '../ui/field.tsx';
import { Section } from '../ui/section.tsx';
import { type DraftHeader, headerOf } from './draft.ts';
import { headerMistake, isWrong } from './draft-mistakes.ts';
import { HEADER_NAMES, headerValues } from './header-names.ts';
import { mistakeText } from './mistake-text.ts';

export function HeaderEditor() {
  const app = useApp();
  const { compose } = useMessages();
  const headers = useStore(app.compose.store, (state) => state.draft.headers);
  const wasRefused = useStore(app.compose.store, (state) => state.wasRefused);
  // A line that is being written has no name yet: it is told when sending was tried.
  const mistake = wasRefused ? headerMistake(headers) : null;
  const namesId = useId();
  const noteId = useId();
  const lines = useRef<HTMLDivElement>(null);
  const set = (next: DraftHeader[]): void => app.compose.setDraft({ headers: next });

  function add(): void {
    // The line is there at once, so that no key that follows goes elsewhere.
    flushSync(() => set([...headers, headerOf('', '')]));
    lines.current?.querySelector<HTMLInputElement>('.header-edit:last-of-type input.input')?.focus();
  }

  return (
    <Section
      title={compose.headers}
      extra={
        <Button size="small" tone="quiet" onClick={add}>
          <Plus size={13} aria-hidden />
          {compose.addHeader}
        </Button>
      }
    >
      <div ref={lines} className="header-edits">
        {headers.map((header) => (
          <HeaderLine
            key={header.key}
            header={header}
            namesId={namesId}
            noteId={mistake && header.enabled && isWrong(header) ? noteId : undefined}
            onChange={(part) => set(headers.map((one) => (one.key === header.key ? { ...one, ...part } : one)))}
            onRemove={() => set(headers.filter(({ key }) => key !== header.key))}
          />
        ))}
      </div>
      {mistake ? (
        <div id={noteId}>
          <FieldError>{mistakeText(mistake, compose)}</FieldError>
        </div>
      ) : null}
      {headers.length === 0 ? <p className="field-hint">{compose.noHeaders}</p> : null}
      <datalist id={namesId}>
        {HEADER_NAMES.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </Section>
  );
}

interface HeaderLineProps {
  header: DraftHeader;
  namesId: string;
  /** What tells that it cannot be sent. */
  noteId: string | undefined;
  onChange: (part: Partial<DraftHeader>) => void;
  onRemove: () => void;
}

function HeaderLine({ header: { name, value, enabled }, namesId, noteId, onChange, onRemove }: HeaderLineProps) {
  const { compose } = useMessages();
  const valuesId = useId();
  return (
    <div className="header-edit" data-off={enabled ? undefined : true}>
      <input
        type="checkbox"
        aria-label={compose.headerEnabled(name)}
        checked={enabled}
        onChange={(event) => onChange({ enabled: event.target.checked })}
      />
      <Input
        mono
        aria-label={compose.headerName}
        invalid={noteId !== undefined}
        aria-describedby={noteId}
        list={namesId}
        value={name}
        onChange={(event) => onChange({ name: event.target.value })}
      />
      <Input
        mono
        aria-label={compose.headerValue}
        list={valuesId}
        value={value}
        onChange={(event) => onChange({ value: event.target.value })}
      />
      <datalist id={valuesId}>
        {headerValues(name).map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <IconButton tone="quiet" size="small" label={compose.removeHeader(name)} onClick={onRemove}>
        <X size={13} aria-hidden />
      </IconButton>
    </div>
  );
}

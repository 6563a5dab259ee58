import { Trash2 } from 'lucide-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useMessages } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { ErrorBox, Field, Input } from '../ui/field.tsx';
import { ConflictBox } from './conflict-box.tsx';
import { OriginNote } from './origin-note.tsx';
import type { EntryForm } from './use-entry-form.ts';
import { useFocusWhenNew } from './use-focus-when-new.ts';

interface EntryFormFrameProps<D> {
  form: EntryForm<D>;
  texts: { save: string; remove: string };
  children: ReactNode;
}

/** Around the fields of a route or rule: where it comes from, what others changed meanwhile, and what can be done with what is typed. */
export function EntryFormFrame<D>({ form, texts, children }: EntryFormFrameProps<D>) {
  const { common, rules, conflict } = useMessages();
  const { entry, list, conflicts, dirty, saving, issues } = form;

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void form.save();
  }

  return (
    <form className="rule-form" onSubmit={(event) => void form.save(event)} onKeyDown={onKeyDown}>
      <OriginNote entry={entry} list={list} />
      <ConflictBox conflicts={conflicts} onSettle={form.settle} />
      {children}
      {issues[''] ? <ErrorBox>{issues['']}</ErrorBox> : null}
      <div className="form-bar">
        <Button type="submit" tone="primary" aria-busy={saving} disabled={!dirty || saving || conflicts.length > 0}>
          {saving ? common.saving : texts.save}
        </Button>
        <Button disabled={!dirty || saving} onClick={form.revert}>
          {rules.revert}
        </Button>
        {dirty ? <span className="muted">{conflicts.length > 0 ? conflict.choose : rules.unsaved}</span> : null}
        <span className="pane-space" />
        <Button tone="danger" onClick={() => void form.remove()}>
          <Trash2 size={13} aria-hidden />
          {texts.remove}
        </Button>
      </div>
    </form>
  );
}

interface NameFieldProps {
  /** As it is in the document. */
  saved: string;
  value: string;
  error: string | undefined;
  onName: (name: string) => void;
}

export function NameField({ saved, value, error, onName }: NameFieldProps) {
  const { rules } = useMessages();
  const input = useFocusWhenNew(saved);
  return (
    <Field label={rules.name} error={error}>
      {(props) => <Input {...props} ref={input} value={value} onChange={(event) => onName(event.target.value)} />}
    </Field>
  );
}

import './transfer.css';
import { Copy, Download } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { EXPORT_TARGETS, type ExportTarget } from '../../proxy-engine/contract/transfer.ts';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { copyText } from '../commands/copy-text.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { CheckField, ErrorBox, Field, Input } from '../ui/field.tsx';
import {
  type ExportChoice,
  exportInput,
  FILE_NAMES,
  FIRST_CHOICE,
  isVersion,
  KINDS,
  type Kind,
  namesOf,
  TARGET_NAMES,
  withAll,
  withName,
} from './export-choice.ts';
import { entriesOfExport } from './report.ts';
import { ReportList } from './report-list.tsx';
import { saveText } from './save-text.ts';
import { usePreview } from './use-preview.ts';

interface ChoiceProps {
  choice: ExportChoice;
  onChange: (choice: ExportChoice) => void;
}

/** The rule set, or a part of it, for another program: the text and what is not the same there. */
export function ExportDialog({ onClose }: { onClose: () => void }) {
  const app = useApp();
  const { transfer } = useMessages();
  const [choice, setChoice] = useState(FIRST_CHOICE);
  const config = useStore(app.config.store, (state) => state.config);
  const question = isVersion(choice.version) ? exportInput(choice, config) : null;
  const revision = useEngine((view) => view.state?.revision);
  const { result, error, isCurrent } = usePreview(app.exportConfig, question, { of: revision });
  return (
    <Dialog open size="wide" onClose={onClose} title={transfer.exportTitle}>
      <div className="transfer">
        <div className="transfer-choice">
          <TargetChoice choice={choice} onChange={setChoice} />
          <VersionField choice={choice} onChange={setChoice} />
          {KINDS.map((kind) => (
            <KindChoice key={kind} kind={kind} choice={choice} onChange={setChoice} />
          ))}
        </div>
        <div className="transfer-preview">
          {error === null ? null : <ErrorBox>{error}</ErrorBox>}
          <pre
            className="transfer-text mono"
            tabIndex={0}
            aria-busy={!isCurrent}
            aria-label={transfer.text(FILE_NAMES[choice.target])}
          >
            {result?.text ?? ''}
          </pre>
          {result ? <ReportList entries={entriesOfExport(result)} /> : null}
        </div>
      </div>
      <ExportActions target={choice.target} text={isCurrent ? result?.text : undefined} onClose={onClose} />
    </Dialog>
  );
}

function TargetChoice({ choice, onChange }: ChoiceProps) {
  const { transfer } = useMessages();
  return (
    <fieldset className="target-choice">
      <legend className="field-label">{transfer.target}</legend>
      {EXPORT_TARGETS.map((target) => (
        <label key={target} className="target">
          <input
            type="radio"
            name="target"
            value={target}
            checked={choice.target === target}
            onChange={() => onChange({ ...choice, target, version: '' })}
          />
          {TARGET_NAMES[target]}
        </label>
      ))}
    </fieldset>
  );
}

function VersionField({ choice, onChange }: ChoiceProps) {
  const { transfer } = useMessages();
  if (choice.target === 'yaml' || choice.target === 'json') return null;
  const error = isVersion(choice.version) ? undefined : transfer.badVersion;
  return (
    <Field label={transfer.version} hint={transfer.versionHint} error={error}>
      {(props) => (
        <Input
          {...props}
          mono
          value={choice.version}
          onChange={(event) => onChange({ ...choice, version: event.target.value.trim() })}
        />
      )}
    </Field>
  );
}

function KindChoice({ kind, choice, onChange }: ChoiceProps & { kind: Kind }) {
  const app = useApp();
  const { transfer } = useMessages();
  const config = useStore(app.config.store, (state) => state.config);
  const names = namesOf(config, kind);
  const left = choice.without[kind];
  if (names.length === 0) return null;
  const taken = names.filter((name) => !left.has(name)).length;
  return (
    <fieldset className="kind-choice">
      <legend className="field-label">{transfer.kinds[kind]}</legend>
      <CheckField
        label={transfer.chosen(taken, names.length)}
        checked={taken === names.length}
        isMixed={taken > 0 && taken < names.length}
        onChange={(all) => onChange(withAll(choice, kind, names, all))}
      />
      <div className="kind-names">
        {names.map((name) => (
          <CheckField
            key={name}
            label={name}
            checked={!left.has(name)}
            onChange={(checked) => onChange(withName(choice, kind, name, checked))}
          />
        ))}
      </div>
    </fieldset>
  );
}

interface ExportActionsProps {
  target: ExportTarget;
  text: string | undefined;
  onClose: () => void;
}

function ExportActions({ target, text, onClose }: ExportActionsProps) {
  const app = useApp();
  const { transfer, common } = useMessages();
  return (
    <div className="dialog-actions">
      <Button onClick={onClose}>{common.close}</Button>
      <Button disabled={text === undefined} onClick={() => void copyText(app, text ?? '')}>
        <Copy size={13} aria-hidden />
        {common.copy}
      </Button>
      <Button tone="primary" disabled={text === undefined} onClick={() => saveText(text ?? '', FILE_NAMES[target])}>
        <Download size={13} aria-hidden />
        {transfer.save(FILE_NAMES[target])}
      </Button>
    </div>
  );
}

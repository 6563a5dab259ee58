import { useId } from 'react';
import { useMessages, useUi } from '../app-context.tsx';
import { FieldError, Input } from '../ui/field.tsx';
import { PatternInput } from '../ui/pattern-input.tsx';
import { ACTION_EXAMPLES } from './action-examples.ts';
import {
  type ActionField,
  type ActionFields,
  type ActionKindId,
  actionKind,
  type FormKind,
  flagText,
  isOn,
} from './action-kinds.ts';
import { choiceOf, presetChoices, presetValues, type ThrottlePreset } from './throttle-presets.ts';

interface ActionCardProps {
  id: ActionKindId;
  fields: ActionFields;
  /** What is wrong with a field. */
  problem: (field: string) => string | undefined;
  onFields: (fields: ActionFields) => void;
}

/** The fields of one action. */
export function ActionCard({ id, fields, problem, onFields }: ActionCardProps) {
  const { ruleActions: texts } = useMessages();
  const kind = actionKind(id);
  return (
    <div className="action-fields">
      {kind.fields.length === 0 ? <span className="muted">{texts.nothingToSet}</span> : null}
      {id === 'throttle' ? <Presets fields={fields} onFields={onFields} /> : null}
      <KindFields id={id} kind={kind} fields={fields} problem={problem} onFields={onFields} />
    </div>
  );
}

interface KindFieldsProps extends Omit<ActionCardProps, 'id'> {
  /** For the examples. */
  id: string;
  kind: FormKind;
}

/** A single field needs no name besides that of its kind. */
export function KindFields({ id, kind, fields, problem, onFields }: KindFieldsProps) {
  return (
    <>
      {kind.fields.map((field) => (
        <KindField
          key={field.name}
          field={field}
          isAlone={kind.fields.length === 1}
          placeholder={ACTION_EXAMPLES[`${id}.${field.name}`]}
          value={fields[field.name] ?? ''}
          problem={problem(field.name)}
          onValue={(value) => onFields({ ...fields, [field.name]: value })}
        />
      ))}
    </>
  );
}

interface FieldInputProps {
  field: ActionField;
  placeholder: string | undefined;
  value: string;
  onValue: (value: string) => void;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
}

interface KindFieldProps extends Omit<FieldInputProps, 'aria-describedby' | 'aria-invalid'> {
  isAlone: boolean;
  problem: string | undefined;
}

function KindField({ field, isAlone, problem, ...input }: KindFieldProps) {
  const { ruleActions: texts } = useMessages();
  const noteId = useId();
  const described = problem === undefined ? undefined : noteId;
  return (
    <>
      <label className="action-field">
        <span className={isAlone ? 'visually-hidden' : 'action-field-name'}>
          {texts.field[field.name] ?? field.name}
        </span>
        <FieldInput
          {...input}
          field={field}
          aria-describedby={described}
          aria-invalid={described === undefined ? undefined : true}
        />
      </label>
      {problem === undefined ? null : (
        <div id={noteId} className="action-field-note">
          <FieldError>{problem}</FieldError>
        </div>
      )}
    </>
  );
}

function FieldInput({ field, placeholder, value, onValue, ...described }: FieldInputProps) {
  if (field.options)
    return (
      <select className="input select-native" value={value} onChange={(event) => onValue(event.target.value)}>
        {field.options.map((option) => (
          <option key={option} value={option}>
            {option || '–'}
          </option>
        ))}
      </select>
    );
  switch (field.kind) {
    case 'flag':
      return (
        <input
          type="checkbox"
          checked={isOn(field, value)}
          onChange={(event) => onValue(flagText(field, event.target.checked))}
        />
      );
    case 'pattern':
      return <PatternInput placeholder={placeholder} value={value} onValue={onValue} />;
    case 'text':
    case 'number':
    case 'list':
      return <Input mono placeholder={placeholder} value={value} onChange={(event) => onValue(event.target.value)} />;
    case 'lines':
    case 'headers':
    case 'pairs':
    case 'json':
    case 'shares':
      return (
        <textarea
          {...described}
          className="input input-mono"
          rows={Math.min(8, Math.max(2, value.split('\n').length))}
          spellCheck={false}
          placeholder={placeholder}
          value={value}
          onChange={(event) => onValue(event.target.value)}
        />
      );
  }
}

/** Links to begin with; the values can be changed from there. */
function Presets({ fields, onFields }: Pick<ActionCardProps, 'fields' | 'onFields'>) {
  const { ruleActions: texts } = useMessages();
  const own = useUi((state) => state.throttlePresets);
  const choices = presetChoices(own);
  return (
    <label className="action-field">
      <span className="action-field-name">{texts.preset}</span>
      <select
        className="input select-native"
        value={choiceOf(fields, own) ?? ''}
        onChange={(event) => {
          const choice = choices.find((one) => one === event.target.value);
          const values = choice && presetValues(choice, own);
          if (values) onFields({ down: '', up: '', latency: '', ...values });
        }}
      >
        <option value="">{texts.ownValues}</option>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice.startsWith('own:') ? choice.slice(4) : texts.presets[choice as ThrottlePreset]}
          </option>
        ))}
      </select>
    </label>
  );
}

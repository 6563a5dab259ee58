import { Plus, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useApp, useMessages, useUi } from '../app-context.tsx';
import type { OwnPreset } from '../rules/throttle-presets.ts';
import { useKeptTyping } from '../store/kept-typing.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Field, Input } from '../ui/field.tsx';

const NONE: OwnPreset = { name: '', down: '', up: '', latency: '' };

/** Bandwidths and durations as the config writes them. */
const BANDWIDTH = /^\d+(\.\d+)?(bps|kbps|Mbps|Gbps)$/;
const FORMS = { down: BANDWIDTH, up: BANDWIDTH, latency: /^\d+(\.\d+)?(ms|[smhd])$/ };
const EXAMPLES = { down: '1.5Mbps', up: '750kbps', latency: '150ms' };
type Value = keyof typeof FORMS;

/** Links of one's own, beside those that everybody has: in the top bar and in the form of a rule. */
export function ThrottleSettings() {
  const app = useApp();
  const { throttleForm: texts } = useMessages();
  const presets = useUi((state) => state.throttlePresets);
  const keep = (throttlePresets: readonly OwnPreset[]): void => app.ui.setState({ throttlePresets });
  return (
    <>
      {presets.length === 0 ? <p className="muted">{texts.none}</p> : null}
      {presets.map((preset) => (
        <div key={preset.name} className="throttle-preset">
          <span className="truncate">{preset.name}</span>
          <span className="mono muted">
            {[`↓ ${preset.down || '–'}`, `↑ ${preset.up || '–'}`, preset.latency || '–'].join(' · ')}
          </span>
          <IconButton
            tone="quiet"
            size="small"
            label={texts.remove(preset.name)}
            onClick={() => keep(presets.filter((one) => one !== preset))}
          >
            <Trash2 size={13} aria-hidden />
          </IconButton>
        </div>
      ))}
      <NewPreset onPreset={(added) => keep([...presets.filter(({ name }) => name !== added.name), added])} />
    </>
  );
}

function NewPreset({ onPreset }: { onPreset: (preset: OwnPreset) => void }) {
  const { throttleForm: texts, ruleActions } = useMessages();
  const [typed, keep] = useKeptTyping<OwnPreset>('throttle');
  const draft = typed ?? NONE;
  const setDraft = (next: OwnPreset): void => keep(Object.values(next).every((text) => text === '') ? null : next);
  const [tried, setTried] = useState(false);
  const isBad = (value: Value): boolean => draft[value].trim() !== '' && !FORMS[value].test(draft[value].trim());
  const values = Object.keys(FORMS) as Value[];
  const problem =
    draft.name.trim() === ''
      ? texts.nameMissing
      : values.every((value) => draft[value].trim() === '')
        ? texts.valueMissing
        : null;

  function add(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    if (problem !== null || values.some(isBad)) return;
    const { name, down, up, latency } = draft;
    onPreset({ name: name.trim(), down: down.trim(), up: up.trim(), latency: latency.trim() });
    keep(null);
    setTried(false);
  }

  return (
    <form className="throttle-form" onSubmit={add}>
      <Field label={texts.name} error={tried ? (problem ?? undefined) : undefined}>
        {(props) => (
          <Input {...props} value={draft.name} onChange={(event) => setDraft({ ...draft, name: event.target.value })} />
        )}
      </Field>
      {values.map((value) => (
        <Field
          key={value}
          label={ruleActions.field[value] ?? value}
          error={isBad(value) ? texts.expected(EXAMPLES[value]) : undefined}
        >
          {(props) => (
            <Input
              {...props}
              mono
              placeholder={EXAMPLES[value]}
              value={draft[value]}
              onChange={(event) => setDraft({ ...draft, [value]: event.target.value })}
            />
          )}
        </Field>
      ))}
      <Button type="submit">
        <Plus size={13} aria-hidden />
        {texts.add}
      </Button>
    </form>
  );
}

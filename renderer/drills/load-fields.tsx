import { useMessages } from '../app-context.tsx';
import { Field, Input } from '../ui/field.tsx';
import type { DrillDraft } from './drill-draft.ts';
import type { DraftProps } from './drill-head.tsx';
import { issueAt } from './use-issues.ts';

const FIELDS = ['url', 'rate', 'connections', 'duration'] as const satisfies readonly (keyof DrillDraft)[];

/** What is sent, and for how long. */
export function LoadFields({ draft, onChange, issues }: DraftProps) {
  const { drills } = useMessages();
  return (
    <div className="drill-load">
      {FIELDS.map((field) => (
        <Field
          key={field}
          label={drills.load[field]}
          error={issueAt(issues, field === 'duration' ? field : `load.${field}`)}
        >
          {(props) => (
            <Input
              {...props}
              mono
              value={draft[field]}
              onChange={(event) => onChange({ ...draft, [field]: event.target.value })}
            />
          )}
        </Field>
      ))}
    </div>
  );
}

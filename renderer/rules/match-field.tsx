import { TriangleAlert } from 'lucide-react';
import type { Scope } from '../../proxy-engine/contract/expression/fields.ts';
import { parseExpression } from '../../proxy-engine/contract/expression/parse.ts';
import { sentence } from '../../proxy-engine/contract/expression/sentence.ts';
import type { ExpressionIssue } from '../../proxy-engine/contract/expression/syntax.ts';
import { useMessages, useUi } from '../app-context.tsx';
import type { Messages } from '../i18n/messages.ts';
import { Field } from '../ui/field.tsx';
import { SuggestingInput } from '../ui/suggesting-input.tsx';
import { type Doubt, expressionDoubt } from './doubts.ts';

interface MatchFieldProps {
  value: string;
  scope: Scope;
  mistake: ExpressionIssue | undefined;
  error: string | undefined;
  /** What the document says against it; the expression itself is looked at here. */
  doubt: Doubt | undefined;
  /** Says what the condition means: of an expression in words, and of none. */
  told: { some: (sentence: string) => string; all: string };
  onText: (text: string) => void;
}

/** The condition of a route or rule: in colour, with completion, under it what it says in words and what is odd about it. */
export function MatchField({ value, scope, mistake, error, doubt, told, onText }: MatchFieldProps) {
  const { rules: texts, ruleActions } = useMessages();
  const language = useUi((state) => state.language);
  const parsed = value.trim() === '' ? null : parseExpression(value, scope);
  const odd = (parsed?.ok ? expressionDoubt(parsed.expression, value) : null) ?? doubt;
  const meaning = parsed?.ok ? told.some(sentence(parsed.expression, language)) : texts.matchHint;
  return (
    <div className="match-field">
      <Field label={texts.match} hint={parsed ? meaning : told.all} error={error}>
        {(props) => (
          <SuggestingInput
            {...props}
            scope={scope}
            mistake={mistake}
            placeholder={texts.always}
            value={value}
            onText={onText}
          />
        )}
      </Field>
      {odd && !error ? (
        <p className="doubt" role="status">
          <TriangleAlert size={13} aria-hidden />
          {doubtText(odd, ruleActions)}
        </p>
      ) : null}
    </div>
  );
}

export function doubtText(doubt: Doubt, texts: Messages['ruleActions']): string {
  switch (doubt.kind) {
    case 'never':
      return texts.never[doubt.reason](doubt.text);
    case 'exact':
      return texts.exact(doubt.path, doubt.prefix);
    case 'hidden':
      return texts.hidden(doubt.by);
    case 'unknown':
      return texts.unknown(doubt.field, doubt.value);
  }
}

/** What stands above the entries of the list: of routes and rules, of an included document, of a group. */
import { ChevronDown, ChevronRight, FileText, Plus, Users } from 'lucide-react';
import { useStore } from 'zustand';
import { useApp, useMessages } from '../app-context.tsx';
import { formatCount } from '../format/quantities.ts';
import { IconButton } from '../ui/button.tsx';
import { Switch } from '../ui/switch.tsx';
import type { ListItem } from './list-items.ts';
import { NewRoute } from './new-route.tsx';
import { sourceLabel } from './source-label.ts';

type Item<K extends ListItem['kind']> = Extract<ListItem, { kind: K }>;

export function ListHeading({ list, count }: Item<'heading'>) {
  const { rules: texts } = useMessages();
  const hints = { routes: count === 0 ? texts.noRoutes : texts.routesHint, rules: texts.rulesHint };
  return (
    <>
      <div className="list-heading">
        <h2>
          {texts[list]} <span className="list-count">{formatCount(count)}</span>
        </h2>
        {list === 'routes' ? <NewRoute /> : null}
      </div>
      <p className="list-hint truncate">{hints[list]}</p>
    </>
  );
}

/** Whose entries follow: those of a file, or of a key that a team shares. */
export function SourceHead({ list, source, count }: Item<'source'>) {
  const app = useApp();
  const { rules: texts, origin } = useMessages();
  const { short, isShared } = sourceLabel(source);
  const Icon = isShared ? Users : FileText;
  return (
    <div className="source-head" title={source}>
      <Icon size={12} aria-hidden />
      <span className="truncate" aria-label={origin.head(count, source)} role="heading" aria-level={3}>
        {short}
      </span>
      {list === 'rules' ? (
        <IconButton
          tone="quiet"
          size="small"
          label={origin.newHere(short)}
          onClick={() => void app.newRule(texts.newRuleName, {}, source)}
        >
          <Plus size={13} aria-hidden />
        </IconButton>
      ) : null}
    </div>
  );
}

interface GroupHeadProps extends Item<'group'> {
  onToggle: () => void;
}

/** Rules that fold together; with `select: one`, one of them acts. */
export function GroupHead({ group, continued, folded, onToggle }: GroupHeadProps) {
  const app = useApp();
  const { rules, ruleActions: texts } = useMessages();
  const select = useStore(app.config.store, (state) => state.entries.groups[group]?.select);
  const Icon = folded ? ChevronRight : ChevronDown;
  return (
    <div className="group-head">
      <button type="button" className="group-name" aria-expanded={!folded} onClick={onToggle}>
        <Icon size={12} aria-hidden />
        <span className="truncate">{group}</span>
        {continued ? <span className="group-one">{rules.continued}</span> : null}
      </button>
      {continued ? null : (
        <>
          <span className="group-one">{texts.one}</span>
          <Switch
            checked={select === 'one'}
            label={texts.oneOf(group)}
            onChange={(one) => app.setGroupSelect(group, one ? 'one' : 'many')}
          />
        </>
      )}
    </div>
  );
}

import { ListFilter, type LucideIcon, Send, Server, Settings, Siren, Split } from 'lucide-react';
import { useApp, useMessages, useUi } from '../app-context.tsx';
import { commandKey, displayKeys } from '../commands/registry.ts';
import type { Page } from '../store/ui-store.ts';
import { Tooltip } from '../ui/tooltip.tsx';

const ITEMS: readonly { page: Page; icon: LucideIcon }[] = [
  { page: 'traffic', icon: ListFilter },
  { page: 'backends', icon: Server },
  { page: 'rules', icon: Split },
  { page: 'drills', icon: Siren },
  { page: 'compose', icon: Send },
];

export function Navigation() {
  const messages = useMessages();
  return (
    <nav className="navigation" aria-label={messages.common.pages}>
      {ITEMS.map((item) => (
        <NavigationItem key={item.page} {...item} />
      ))}
      <span className="navigation-space" />
      <NavigationItem page="settings" icon={Settings} />
    </nav>
  );
}

function NavigationItem({ page, icon: Icon }: { page: Page; icon: LucideIcon }) {
  const app = useApp();
  const messages = useMessages();
  const current = useUi((state) => state.page) === page;
  const key = commandKey(`page.${page}`);
  return (
    <Tooltip text={messages.pages[page]} keys={key && displayKeys(key, app.mac)} side="right">
      <button
        type="button"
        className="navigation-item"
        aria-label={messages.pages[page]}
        aria-current={current ? 'page' : undefined}
        onClick={() => app.ui.setState({ page })}
      >
        <Icon size={18} strokeWidth={1.7} aria-hidden />
      </button>
    </Tooltip>
  );
}

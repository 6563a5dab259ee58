import { Tabs as BaseTabs } from '@base-ui/react/tabs';
import { type ReactNode, useEffect, useRef } from 'react';

interface TabsProps<V extends string> {
  value: V;
  label: string;
  tabs: readonly { value: V; label: string; count?: number }[];
  onChange: (value: V) => void;
  /** The panel of the chosen tab; the others are not rendered. */
  children: ReactNode;
}

export function Tabs<V extends string>({ value, label, tabs, onChange, children }: TabsProps<V>) {
  const list = useRef<HTMLDivElement>(null);
  const count = tabs.length;
  useEffect(() => {
    if (count > 0) showChosen(list.current, value);
  }, [value, count]);
  return (
    <BaseTabs.Root className="tabs" value={value} onValueChange={(next: V) => onChange(next)}>
      <BaseTabs.List ref={list} className="tabs-list" aria-label={label} activateOnFocus>
        {tabs.map((tab) => (
          <BaseTabs.Tab key={tab.value} value={tab.value} className="tab" data-tab={tab.value}>
            {tab.label}
            {tab.count ? <span className="tab-count">{tab.count}</span> : null}
          </BaseTabs.Tab>
        ))}
      </BaseTabs.List>
      <BaseTabs.Panel key={value} value={value} className="tab-panel">
        {children}
      </BaseTabs.Panel>
    </BaseTabs.Root>
  );
}

/** Where the tabs have less room than they need. */
function showChosen(list: HTMLElement | null, value: string): void {
  const tab = [...(list?.querySelectorAll<HTMLElement>('[data-tab]') ?? [])].find(
    (one) => one.dataset['tab'] === value,
  );
  if (!list || !tab) return;
  const [from, to] = [tab.offsetLeft - list.offsetLeft, tab.offsetLeft - list.offsetLeft + tab.offsetWidth];
  if (from < list.scrollLeft) list.scrollLeft = from - 10;
  else if (to > list.scrollLeft + list.clientWidth) list.scrollLeft = to + 10 - list.clientWidth;
}

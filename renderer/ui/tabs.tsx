import { Tabs as BaseTabs } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

interface TabsProps<V extends string> {
  value: V;
  label: string;
  tabs: readonly { value: V; label: string; count?: number }[];
  onChange: (value: V) => void;
  /** The panel of the chosen tab; the others are not rendered. */
  children: ReactNode;
}

export function Tabs<V extends string>({ value, label, tabs, onChange, children }: TabsProps<V>) {
  return (
    <BaseTabs.Root className="tabs" value={value} onValueChange={(next: V) => onChange(next)}>
      <BaseTabs.List className="tabs-list" aria-label={label} activateOnFocus>
        {tabs.map((tab) => (
          <BaseTabs.Tab key={tab.value} value={tab.value} className="tab">
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

import { ContextMenu } from '@base-ui/react/context-menu';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { type App } from '../app.ts';
import { useApp } from '../app-context.tsx';
import { CommandItem } from '../commands/command-item.tsx';
import { MenuPopup, MenuSeparator } from '../ui/menu.tsx';

/** What can be done with the row under the pointer, or with all that are chosen when it is one of them. */
export function RowMenu({ children }: { children: ReactNode }) {
  const app = useApp();
  const chosen = useStore(app.traffic.store, (state) => state.chosen.size);
  return (
    <ContextMenu.Root>
      <ContextMenu.Trigger
        className="row-menu-area"
        onContextMenu={(event) => chooseUnder(app, event.target as HTMLElement)}
      >
        {children}
      </ContextMenu.Trigger>
      <MenuPopup>
        <CommandItem id="traffic.replay" disabled={chosen === 0} />
        <CommandItem id="traffic.editAndSend" disabled={chosen !== 1} />
        <CommandItem id="traffic.copyAs.curl" disabled={chosen === 0} />
        <MenuSeparator />
        <CommandItem id="traffic.mark" disabled={chosen === 0} />
        <CommandItem id="traffic.pin" disabled={chosen === 0} />
        <CommandItem id="traffic.compare" disabled={chosen !== 2} />
        <MenuSeparator />
        <CommandItem id="traffic.showAlike" disabled={chosen !== 1} />
        <CommandItem id="traffic.makeRule" disabled={chosen !== 1} />
        <CommandItem id="traffic.breakNext" disabled={chosen !== 1} />
      </MenuPopup>
    </ContextMenu.Root>
  );
}

function chooseUnder(app: App, target: HTMLElement): void {
  const place = Number(target.closest('[role="option"]')?.getAttribute('aria-posinset') ?? 0);
  const row = app.traffic.row(place - 1);
  if (row && !app.traffic.store.getState().chosen.has(row.id)) app.traffic.pick(place - 1);
}

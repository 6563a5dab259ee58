import { Autocomplete } from '@base-ui/react/autocomplete';
import { useMemo } from 'react';
import { useApp, useEngine, useMessages, useUi } from '../app-context.tsx';
import { KeyHint } from '../ui/chip.tsx';
import { Dialog } from '../ui/dialog.tsx';
import {
  backendItems,
  commandItems,
  drillItems,
  filterItems,
  isMeant,
  type PaletteItem,
  ruleItems,
  throttleItems,
} from './palette-items.ts';

/** Of thousands, as rules may be: the others are found by typing more. */
const MOST_SHOWN = 300;

/** All that can be done from anywhere, found by typing. */
export function Palette() {
  const app = useApp();
  const messages = useMessages();
  const open = useUi((state) => state.paletteOpen);
  const close = (): void => app.ui.setState({ paletteOpen: false });
  return (
    <Dialog open={open} onClose={close} title={messages.palette.label} hideTitle>
      <PaletteList close={close} />
    </Dialog>
  );
}

function PaletteList({ close }: { close: () => void }) {
  const app = useApp();
  const messages = useMessages();
  const state = useEngine((view) => view.state);
  const saved = useUi((ui) => ui.savedFilters);
  const links = useUi((ui) => ui.throttlePresets);
  const items = useMemo(
    () => [
      ...commandItems(app, messages),
      ...filterItems(app, messages, saved),
      ...backendItems(app, messages, state),
      ...ruleItems(app, messages, state),
      ...throttleItems(app, messages, links),
      ...drillItems(app, messages, state),
    ],
    [app, messages, saved, links, state],
  );
  return (
    <Autocomplete.Root
      inline
      open
      items={items}
      limit={MOST_SHOWN}
      itemToStringValue={(item: PaletteItem) => item.label}
      filter={isMeant}
      autoHighlight="always"
      keepHighlight
    >
      <Autocomplete.Input
        className="palette-input"
        placeholder={messages.palette.placeholder}
        aria-label={messages.palette.label}
        autoFocus
      />
      <Autocomplete.Empty>
        <div className="palette-empty">{messages.palette.empty}</div>
      </Autocomplete.Empty>
      <Autocomplete.List className="palette-list">
        {(item: PaletteItem) => (
          <Autocomplete.Item
            key={item.value}
            value={item}
            className="menu-item palette-item"
            onClick={() => {
              close();
              item.run();
            }}
          >
            {item.label}
            <span className="palette-section">{item.section}</span>
            {item.keys ? <KeyHint keys={item.keys} /> : null}
          </Autocomplete.Item>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}

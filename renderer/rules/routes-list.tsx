import { Plus } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { useApp, useEngine, useMessages, useUi } from '../app-context.tsx';
import { IconButton } from '../ui/button.tsx';
import { showToast } from '../ui/toast.tsx';
import { entriesOf, insertEntry } from './document.ts';
import type { Doubt } from './doubts.ts';
import { EntryRow } from './entry-row.tsx';
import { freeName } from './new-rule.ts';
import { destinationText } from './route-destination.ts';
import { useMoves } from './use-moves.ts';

/** The routes, in the order in which they are asked. */
export function RoutesList({ doubts }: { doubts: ReadonlyMap<string, Doubt> }) {
  const app = useApp();
  const { rules: texts } = useMessages();
  const routes = useEngine((view) => view.state?.routes) ?? [];
  const open = useUi((state) => state.openRoute);
  const { placeOf, move, said } = useMoves('routes');
  const destinations = useDestinations();
  return (
    <>
      <div className="list-heading">
        <h2>{texts.routes}</h2>
        <NewRoute />
      </div>
      <p className="list-hint">{routes.length > 0 ? texts.routesHint : texts.noRoutes}</p>
      {routes.map((route, index) => (
        <EntryRow
          key={route.name}
          list="routes"
          name={route.name}
          match={route.match}
          hits={route.hits}
          place={placeOf(route.name)}
          doubt={doubts.get(route.name)}
          selected={open === route.name}
          grip={index + 1}
          to={<span className="route-to"> → {destinations.get(route.name) ?? route.to}</span>}
          onOpen={() => app.ui.setState({ openRoute: route.name, rulesView: 'form' })}
          onMove={move}
        />
      ))}
      <div className="visually-hidden" role="status">
        {said}
      </div>
    </>
  );
}

/** Where the routes lead, in words, by their names. */
function useDestinations(): ReadonlyMap<string, string> {
  const app = useApp();
  const { routeForm } = useMessages();
  const config = useStore(app.config.store, (state) => state.config);
  return useMemo(
    () => new Map(config?.routes.map((route) => [route.name, destinationText(route, routeForm)])),
    [config, routeForm],
  );
}

/** A new route stands before one that takes everything, so that it is reached. */
function NewRoute() {
  const app = useApp();
  const { routeForm } = useMessages();
  async function add(): Promise<void> {
    const { text } = app.config.store.getState();
    const { routes, pools } = entriesOf(text);
    const [pool] = pools;
    if (pool === undefined) return showToast('info', routeForm.noPool);
    const taken = routes.map(({ name }) => name);
    const name = freeName(routeForm.newRouteName, taken);
    const at = routes.at(-1)?.match === undefined ? Math.max(0, routes.length - 1) : routes.length;
    const outcome = await app.config.apply(insertEntry(text, 'routes', at, { name, match: 'path ^= /new', pool }));
    if (outcome.ok) app.ui.setState({ openRoute: name, justMade: name, rulesView: 'form' });
    else showToast('error', outcome.message);
  }
  return (
    <IconButton tone="quiet" size="small" label={routeForm.newRoute} onClick={() => void add()}>
      <Plus size={13} aria-hidden />
    </IconButton>
  );
}

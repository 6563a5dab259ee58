import { Plus } from 'lucide-react';
import { useApp, useMessages } from '../app-context.tsx';
import { IconButton } from '../ui/button.tsx';
import { showToast } from '../ui/toast.tsx';
import { namesOf } from './document.ts';
import { freeName } from './new-rule.ts';

/** A new route stands before one that takes everything, so that it is reached. */
export function NewRoute() {
  const app = useApp();
  const { routeForm } = useMessages();
  async function add(): Promise<void> {
    const { routes, pools } = app.config.store.getState().entries;
    const [pool] = pools;
    if (pool === undefined) return showToast('info', routeForm.noPool);
    const name = freeName(routeForm.newRouteName, namesOf(routes));
    const last = routes.findLast(({ included }) => !included);
    const before = last && last.raw.match === undefined ? last.name : null;
    const value = { name, match: 'path ^= /new', pool };
    const outcome = await app.config.edit([{ insert: 'routes', value, before }]);
    if (outcome.ok) app.ui.setState({ openRoute: name, justMade: name, rulesView: 'form' });
    else showToast('error', outcome.message);
  }
  return (
    <IconButton tone="quiet" size="small" label={routeForm.newRoute} onClick={() => void add()}>
      <Plus size={13} aria-hidden />
    </IconButton>
  );
}

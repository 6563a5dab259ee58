import { useEffect, useRef, useState } from 'react';
import type { BodyMessageWindow } from '../../../../proxy-engine/contract/body-commands.ts';
import { errorText } from '../../../api/engine-api.ts';
import { useApp, useEngine } from '../../../app-context.tsx';
import type { ShownBody } from './viewer.ts';

/** Messages of a body from an index on; asked again when more of the body has come, and when the engine is back. What was shown stays until the next are here. */
export function useBodyMessages(body: ShownBody, from: number, limit: number) {
  const app = useApp();
  const [window, setWindow] = useState<BodyMessageWindow | null>(null);
  const [error, setError] = useState<string | null>(null);
  const wanted = useRef(from);
  const generation = useEngine((view) => view.generation);

  useEffect(() => {
    wanted.current = from;
    if (!body.origin) return;
    app.detail.bodyMessages(body.origin, from, limit).then(
      (read) => {
        if (wanted.current !== from) return;
        setWindow(read);
        setError(null);
      },
      (reason: unknown) => {
        if (wanted.current === from) setError(errorText(reason));
      },
    );
  }, [app, body, from, limit, generation]);

  return { window, error };
}

import { useEffect, useMemo, useState } from 'react';
import { runAtOnce, runInSlices } from '../../ui/slices.ts';
import { type JsonTree, scanJson } from './scan-json.ts';

/** A text up to this long is read before anything is shown: it takes a few milliseconds. */
const AT_ONCE = 100_000;

/** undefined: still being read; null: it is no JSON. */
export function useJsonTree(text: string, mayBeCut: boolean): JsonTree | null | undefined {
  const atOnce = useMemo(
    () => (text.length <= AT_ONCE ? runAtOnce(scanJson(text, mayBeCut)) : undefined),
    [text, mayBeCut],
  );
  const [read, setRead] = useState<{ of: string; tree: JsonTree | null } | null>(null);
  useEffect(() => {
    if (text.length <= AT_ONCE) return undefined;
    let wanted = true;
    void runInSlices(scanJson(text, mayBeCut), () => wanted).then((tree) => {
      if (tree !== undefined) setRead({ of: text, tree });
    });
    return () => {
      wanted = false;
    };
  }, [text, mayBeCut]);
  return text.length <= AT_ONCE ? atOnce : read?.of === text ? read.tree : undefined;
}

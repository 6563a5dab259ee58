import { TriangleAlert } from 'lucide-react';
import { useMessages } from '../app-context.tsx';
import { Button } from './button.tsx';
import { EmptyState } from './empty-state.tsx';
import { ErrorBox } from './field.tsx';

interface FailedProps {
  error: unknown;
}

/** In the place of a page that could not be shown, as when the files of the window have been replaced while it was open. */
export function PageFailed({ error }: FailedProps) {
  const { frame } = useMessages();
  return (
    <EmptyState icon={TriangleAlert} title={frame.renderFailed}>
      <p className="empty-text mono">{String(error)}</p>
      <Reload />
    </EmptyState>
  );
}

/** In the place of a part of a page. */
export function PartFailed({ error }: FailedProps) {
  const { frame } = useMessages();
  return (
    <ErrorBox>
      {frame.partFailed(String(error))} <Reload />
    </ErrorBox>
  );
}

/** It leads back to the same page and filter. */
function Reload() {
  const { frame } = useMessages();
  return (
    <Button size="small" onClick={() => location.reload()}>
      {frame.reload}
    </Button>
  );
}

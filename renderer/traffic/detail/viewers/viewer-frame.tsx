import { type ReactNode, Suspense } from 'react';
import { ErrorBoundary } from 'react-error-boundary';
import { useMessages } from '../../../app-context.tsx';
import { PartFailed } from '../../../ui/failed.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import type { BodyKind, BodyViewer, ShownBody } from './viewer.ts';

interface ViewerFrameProps {
  body: ShownBody;
  /** That fit, and the one that is shown. */
  viewers: readonly BodyViewer[];
  viewer: BodyViewer;
  onChoose: (kind: BodyKind) => void;
  /** Beside the choice, and below it. */
  beside?: ReactNode;
  below?: ReactNode;
}

/** A body in one of the viewers that fit. */
export function ViewerFrame({ body, viewers, viewer: { kind, View }, onChoose, beside, below }: ViewerFrameProps) {
  const { detail, common } = useMessages();
  return (
    <>
      <div className="body-toolbar">
        <SegmentedControl
          size="small"
          label={detail.bodyView}
          value={kind}
          options={viewers.map((one) => ({ value: one.kind, label: detail.view[one.kind] }))}
          onChange={onChoose}
        />
        {beside}
      </div>
      {below}
      <ErrorBoundary key={kind} resetKeys={[body]} FallbackComponent={PartFailed}>
        <Suspense fallback={<p className="muted">{common.loading}</p>}>
          <View body={body} />
        </Suspense>
      </ErrorBoundary>
    </>
  );
}

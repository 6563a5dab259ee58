import { type ReactNode, Suspense } from 'react';
import { ErrorBoundary } from 'react-error-boundary';
import { useMessages } from '../../../app-context.tsx';
import { PartFailed } from '../../../ui/failed.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import type { BodyKind, BodyViewer, ShownBody } from './viewer.ts';

interface ViewerFrameProps {
  body: ShownBody;
  /** That fit, the best first. */
  viewers: readonly [BodyViewer, ...BodyViewer[]];
  /** null, or not among them: the best one. */
  chosen: BodyKind | null;
  onChoose: (kind: BodyKind) => void;
  /** Beside the choice, and below it. */
  beside?: (viewer: BodyViewer) => ReactNode;
  below?: (viewer: BodyViewer) => ReactNode;
}

/** A body in one of the viewers that fit. */
export function ViewerFrame({ body, viewers, chosen, onChoose, beside, below }: ViewerFrameProps) {
  const { detail, common } = useMessages();
  const viewer = viewers.find(({ kind }) => kind === chosen) ?? viewers[0];
  const { kind, View } = viewer;
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
        {beside?.(viewer)}
      </div>
      {below?.(viewer)}
      <ErrorBoundary key={kind} resetKeys={[body]} FallbackComponent={PartFailed}>
        <Suspense fallback={<p className="muted">{common.loading}</p>}>
          <View body={body} />
        </Suspense>
      </ErrorBoundary>
    </>
  );
}

import { Archive } from 'lucide-react';
import { useApp, useMessages, useUi } from '../app-context.tsx';
import { formatCount } from '../format/quantities.ts';
import { formatDay } from '../format/time.ts';
import { Button } from '../ui/button.tsx';

/** Says that the list is not what is being recorded, and leads back. */
export function RecordingBanner() {
  const app = useApp();
  const { recordings } = useMessages();
  const open = useUi((state) => state.recording);
  if (!open) return null;
  return (
    <div className="banner banner-recording">
      <Archive size={14} aria-hidden />
      <span className="truncate">
        <b>{open.name}</b> · {recordings.openText(formatCount(open.exchanges), formatDay(open.savedAt))}
      </span>
      <Button size="small" onClick={() => app.openRecording(null)}>
        {recordings.backToNow}
      </Button>
    </div>
  );
}

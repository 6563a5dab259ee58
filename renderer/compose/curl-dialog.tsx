import { useState } from 'react';
import { useApp, useMessages } from '../app-context.tsx';
import { displayKeys } from '../commands/registry.ts';
import { Button } from '../ui/button.tsx';
import { KeyHint } from '../ui/chip.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import type { CurlMistake } from './curl/read-curl.ts';
import { takeCurl } from './take-curl.ts';

export function CurlDialog({ onClose }: { onClose: () => void }) {
  const app = useApp();
  const { compose } = useMessages();
  const [text, setText] = useState('');
  const [mistake, setMistake] = useState<CurlMistake | null>(null);

  async function take(): Promise<void> {
    const found = await takeCurl(app, text);
    setMistake(found);
    if (found === null) onClose();
  }

  return (
    <Dialog open onClose={onClose} title={compose.curlTitle} size="medium">
      <Field label={compose.curlField} error={mistake === null ? undefined : compose.curlMistake[mistake]}>
        {(props) => (
          <textarea
            {...props}
            className="input input-mono curl-text"
            rows={10}
            spellCheck={false}
            value={text}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && text.trim() !== '') void take();
            }}
            onChange={(event) => {
              setText(event.target.value);
              setMistake(null);
            }}
          />
        )}
      </Field>
      <div className="dialog-actions">
        <Button onClick={onClose}>{compose.cancel}</Button>
        <Button tone="primary" disabled={text.trim() === ''} onClick={() => void take()}>
          {compose.curlTake} <KeyHint keys={displayKeys('$mod+Enter', app.mac)} />
        </Button>
      </div>
    </Dialog>
  );
}

import { useState } from 'react';
import { useApp, useMessages } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import type { CurlMistake } from './curl/read-curl.ts';
import { takeCurl } from './take-curl.ts';

export function CurlDialog({ onClose }: { onClose: () => void }) {
  const app = useApp();
  const { compose, common } = useMessages();
  const [text, setText] = useState('');
  const [mistake, setMistake] = useState<CurlMistake | null>(null);

  async function take(): Promise<void> {
    const found = await takeCurl(app, text);
    setMistake(found);
    if (found === null) onClose();
  }

  return (
    <Dialog open onClose={onClose} title={compose.curlTitle}>
      <Field label={compose.curlField} error={mistake === null ? undefined : compose.curlMistake[mistake]}>
        {(props) => (
          <textarea
            {...props}
            className="input input-mono curl-text"
            rows={10}
            spellCheck={false}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setMistake(null);
            }}
          />
        )}
      </Field>
      <div className="dialog-actions">
        <Button onClick={onClose}>{common.close}</Button>
        <Button tone="primary" disabled={text.trim() === ''} onClick={() => void take()}>
          {compose.curlTake}
        </Button>
      </div>
    </Dialog>
  );
}

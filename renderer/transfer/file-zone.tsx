import { clsx } from 'clsx';
import { FileUp } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import { useMessages } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';

interface FileZoneProps {
  /** Of the file that was taken; '': none yet. */
  name: string;
  hint: string;
  /** More than one may be chosen. */
  multiple?: boolean;
  onFiles: (files: readonly File[]) => void;
}

/** Takes a file that is dropped or chosen. */
export function FileZone({ name, hint, multiple = false, onFiles }: FileZoneProps) {
  const { transfer } = useMessages();
  const chooser = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    onFiles([...event.dataTransfer.files]);
  };
  return (
    <div
      className="file-zone"
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <FileUp size={18} aria-hidden />
      <span className={clsx(name !== '' && 'truncate')}>{name === '' ? hint : name}</span>
      <Button size="small" onClick={() => chooser.current?.click()}>
        {transfer.choose}
      </Button>
      <input
        ref={chooser}
        type="file"
        multiple={multiple}
        hidden
        aria-label={transfer.choose}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = ''; // the same file again is a change, too
        }}
      />
    </div>
  );
}

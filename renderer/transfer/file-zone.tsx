import { clsx } from 'clsx';
import { FileUp } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import { useMessages } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';

interface FileZoneProps {
  /** Of the file that was taken; '': none yet. */
  name: string;
  hint: string;
  onFile: (file: File | undefined) => void;
}

/** Takes a file that is dropped or chosen. */
export function FileZone({ name, hint, onFile }: FileZoneProps) {
  const { transfer } = useMessages();
  const chooser = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    onFile(event.dataTransfer.files[0]);
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
        hidden
        aria-label={transfer.choose}
        onChange={(event) => {
          onFile(event.target.files?.[0]);
          event.target.value = ''; // the same file again is a change, too
        }}
      />
    </div>
  );
}

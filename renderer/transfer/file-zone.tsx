import { clsx } from 'clsx';
import { FileUp } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import { useMessages } from '../app-context.tsx';
import { Button } from '../ui/button.tsx';
import { type ChosenFile, chosenFiles, droppedFiles } from './dropped-files.ts';

interface FileZoneProps {
  /** Of the file that was taken; '': none yet. */
  name: string;
  hint: string;
  /** Set: more than one may be chosen, also whole folders, of which the files are taken for whose name it holds. */
  many?: (name: string) => boolean;
  onFiles: (files: readonly ChosenFile[]) => void;
}

/** Takes a file that is dropped or chosen. */
export function FileZone({ name, hint, many, onFiles }: FileZoneProps) {
  const { transfer } = useMessages();
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    void droppedFiles(event.dataTransfer, many ?? (() => true)).then(onFiles);
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
      <div className="file-zone-buttons">
        <Chooser label={transfer.choose} multiple={many !== undefined} onFiles={onFiles} />
        {many ? (
          <Chooser
            label={transfer.chooseFolder}
            folder
            onFiles={(files) => onFiles(files.filter(({ file }) => many(file.name)))}
          />
        ) : null}
      </div>
    </div>
  );
}

interface ChooserProps extends Pick<FileZoneProps, 'onFiles'> {
  label: string;
  multiple?: boolean;
  folder?: boolean;
}

function Chooser({ label, multiple = false, folder = false, onFiles }: ChooserProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button size="small" onClick={() => input.current?.click()}>
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        multiple={multiple}
        {...(folder && { webkitdirectory: '' })}
        hidden
        aria-label={label}
        onChange={(event) => {
          onFiles(chosenFiles(event.target.files ?? []));
          event.target.value = ''; // the same file again is a change, too
        }}
      />
    </>
  );
}

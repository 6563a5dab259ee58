import { type ComponentProps, useRef } from 'react';
import { Button } from './button.tsx';

interface FileButtonProps extends Omit<ComponentProps<typeof Button>, 'onClick'> {
  /** What the hidden input is called. */
  inputLabel: string;
  /** Endings that are offered, such as `.yaml,.json`; absent: all. */
  accept?: string;
  onFile: (file: File) => void;
}

/** A button that asks for a file. */
export function FileButton({ inputLabel, accept, onFile, ...button }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button {...button} onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        aria-label={inputLabel}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = ''; // the same file again is a change, too
          if (file) onFile(file);
        }}
      />
    </>
  );
}

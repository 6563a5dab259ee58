import { FileDown, FileUp, Undo2 } from 'lucide-react';
import { useId } from 'react';
import type { HeldDetail } from '../../proxy-engine/contract/breakpoint.ts';
import { useMessages } from '../app-context.tsx';
import { formatSize } from '../format/quantities.ts';
import { base64FromBytes, bytesFromBase64 } from '../traffic/body-bytes.ts';
import { saveBlob } from '../transfer/save-blob.ts';
import { Button } from '../ui/button.tsx';
import { FieldError } from '../ui/field.tsx';
import { FileButton } from '../ui/file-button.tsx';
import { base64OfHex, MAX_FILE_BYTES, sizeOfBase64 } from './held-bytes.ts';
import { bodyBase64, type HeldDraft, type HeldMode } from './held-draft.ts';

interface BodyFieldProps {
  detail: HeldDetail;
  mode: HeldMode;
  draft: HeldDraft;
  onChange: (part: Partial<HeldDraft>) => void;
  onError: (message: string) => void;
}

/** The body as text, as hexadecimal, or a file in its place. */
export function HeldBodyField({ detail, mode, draft, onChange, onError }: BodyFieldProps) {
  const { breakpoints: texts } = useMessages();
  const id = useId();
  const isEditable = mode === 'respond' || detail.bodyComplete;
  return (
    <div className="field">
      <div className="held-body-bar">
        <label className="field-label" htmlFor={id}>
          {draft.hex === null ? texts.body : texts.bodyHex}
        </label>
        {isEditable ? <FileButtons detail={detail} draft={draft} onChange={onChange} onError={onError} /> : null}
      </div>
      <BodyContent id={id} detail={detail} draft={draft} onChange={onChange} />
    </div>
  );
}

type PartProps = Pick<BodyFieldProps, 'detail' | 'draft' | 'onChange'>;

function BodyContent({ id, detail, draft, onChange }: PartProps & { id: string }) {
  const { breakpoints: texts } = useMessages();
  const { file, body, hex } = draft;
  if (file)
    return (
      <div className="held-file">
        <span className="truncate">{texts.fileInstead(file.name, formatSize(sizeOfBase64(file.base64)))}</span>
        <Button size="small" tone="quiet" onClick={() => onChange({ file: null })}>
          <Undo2 size={12} aria-hidden />
          {texts.takeBack}
        </Button>
      </div>
    );
  const text = body ?? hex;
  if (text === null) {
    const said = detail.bodyComplete ? texts.binaryBody(formatSize(sizeOfBase64(detail.body))) : texts.longBody;
    return <p className="muted">{said}</p>;
  }
  const isWrong = hex !== null && base64OfHex(hex) === null;
  return (
    <>
      <textarea
        id={id}
        className="input input-mono"
        spellCheck={false}
        aria-invalid={isWrong || undefined}
        value={text}
        onChange={(event) => onChange(hex === null ? { body: event.target.value } : { hex: event.target.value })}
      />
      {isWrong ? <FieldError>{texts.mistake.hex}</FieldError> : null}
    </>
  );
}

function FileButtons({ detail, draft, onChange, onError }: PartProps & Pick<BodyFieldProps, 'onError'>) {
  const { breakpoints: texts } = useMessages();

  async function take(file: File): Promise<void> {
    if (file.size > MAX_FILE_BYTES) onError(texts.longFile(file.name));
    else onChange({ file: { name: file.name, base64: base64FromBytes(new Uint8Array(await file.arrayBuffer())) } });
  }

  function save(): void {
    const base64 = bodyBase64(draft) ?? detail.body;
    saveBlob(new Blob([bytesFromBase64(base64)]), `body-${detail.id}.bin`);
  }

  return (
    <>
      <FileButton
        size="small"
        tone="quiet"
        inputLabel={texts.loadFile}
        onFile={(file) => void take(file).catch((error: unknown) => onError(String(error)))}
      >
        <FileUp size={12} aria-hidden />
        {texts.loadFile}
      </FileButton>
      <Button size="small" tone="quiet" onClick={save}>
        <FileDown size={12} aria-hidden />
        {texts.saveFile}
      </Button>
    </>
  );
}

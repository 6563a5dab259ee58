import { useMemo } from 'react';
import { CHARSETS } from '../../../../proxy-engine/contract/charset.ts';
import { useMessages } from '../../../app-context.tsx';
import { type ShownBody, textOf } from './viewer.ts';

interface CharsetChoiceProps {
  body: ShownBody;
  /** null: what the message says. */
  chosen: string | null;
  onChoose: (charset: string | null) => void;
}

/** In which charset a text is read; offered when it is not plainly UTF-8. */
export function CharsetChoice({ body, chosen, onChoose }: CharsetChoiceProps) {
  const { detail } = useMessages();
  const { charset, invalid, unknownCharset } = useMemo(() => textOf(body), [body]);
  if (chosen === null && charset === 'utf-8' && !invalid && unknownCharset === undefined) return null;
  return (
    <label className="charset-choice">
      {detail.charset}
      <select
        className="input select-native"
        value={chosen ?? ''}
        onChange={(event) => onChoose(event.target.value || null)}
      >
        <option value="">{chosen === null ? detail.charsetAsRead(charset) : detail.charsetAsSaid}</option>
        {CHARSETS.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

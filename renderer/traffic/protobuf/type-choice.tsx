import './protobuf.css';
import { FileCode } from 'lucide-react';
import { useId, useState } from 'react';
import { useStore } from 'zustand';
import { useApp, useMessages } from '../../app-context.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorBox, Input } from '../../ui/field.tsx';
import type { ChosenTypes } from './use-message-types.ts';

/** Which type the messages of a body have, and the way to what describes them. */
export function TypeChoice({ known, types, choose }: ChosenTypes) {
  const app = useApp();
  const { protobuf } = useMessages();
  const error = useStore(app.descriptors.store, (state) => state.error);
  return (
    <>
      {error === null ? null : <ErrorBox>{error}</ErrorBox>}
      <div className="body-toolbar">
        {known === null ? (
          <span>{protobuf.undescribed}</span>
        ) : (
          <TypeField
            key={types?.message?.typeName}
            name={types?.message?.typeName}
            names={known.names}
            onName={choose}
          />
        )}
        <Button size="small" onClick={() => app.ui.setState({ transfer: 'descriptors' })}>
          <FileCode size={13} aria-hidden />
          {known === null ? protobuf.load : protobuf.manage}
        </Button>
      </div>
    </>
  );
}

interface TypeFieldProps {
  name: string | undefined;
  names: readonly string[];
  onName: (name: string) => void;
}

/** Taken as soon as it is a known name, or nothing. */
function TypeField({ name = '', names, onName }: TypeFieldProps) {
  const { protobuf } = useMessages();
  const listId = useId();
  const [text, setText] = useState(name);
  const isKnown = text === '' || names.includes(text);
  return (
    <label className="protobuf-type">
      {protobuf.type}
      <Input
        mono
        list={listId}
        value={text}
        placeholder={protobuf.noType}
        invalid={!isKnown}
        onChange={({ target: { value } }) => {
          setText(value);
          if (value === '' || names.includes(value)) onName(value);
        }}
      />
      <datalist id={listId}>
        {names.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </label>
  );
}

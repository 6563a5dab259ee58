import { Copy } from 'lucide-react';
import type { Exchange } from '../../../proxy-engine/contract/exchange.ts';
import { useApp, useMessages } from '../../app-context.tsx';
import { copyText } from '../../commands/copy-text.ts';
import { IconButton } from '../../ui/button.tsx';
import { Section } from '../../ui/section.tsx';
import { requestLines, responseLines } from '../heads.ts';

export function RawTab({ exchange }: { exchange: Exchange }) {
  const { detail } = useMessages();
  return (
    <>
      <RawHead title={detail.rawRequest} lines={requestLines(exchange.request)} />
      {exchange.response ? <RawHead title={detail.rawResponse} lines={responseLines(exchange.response)} /> : null}
    </>
  );
}

function RawHead({ title, lines }: { title: string; lines: string[] }) {
  const app = useApp();
  const { common } = useMessages();
  const copy = (
    <IconButton tone="quiet" size="small" label={common.copy} onClick={() => void copyText(app, lines.join('\r\n'))}>
      <Copy size={13} aria-hidden />
    </IconButton>
  );
  return (
    <Section title={title} extra={copy}>
      <pre className="raw-head">{lines.join('\n')}</pre>
    </Section>
  );
}

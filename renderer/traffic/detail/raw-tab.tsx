import { Copy, KeyRound } from 'lucide-react';
import { useStore } from 'zustand';
import type { Exchange, HeaderLines } from '../../../proxy-engine/contract/exchange.ts';
import { redactLines, secretNames } from '../../../proxy-engine/contract/redaction.ts';
import { useApp, useMessages } from '../../app-context.tsx';
import { copyText } from '../../commands/copy-text.ts';
import { IconButton } from '../../ui/button.tsx';
import { Section } from '../../ui/section.tsx';
import { showToast } from '../../ui/toast.tsx';
import { requestLines, responseLines } from '../heads.ts';

export function RawTab({ exchange: { request, response } }: { exchange: Exchange }) {
  const { detail } = useMessages();
  return (
    <>
      <RawHead title={detail.rawRequest} head={request} linesOf={requestLines} />
      {response ? <RawHead title={detail.rawResponse} head={response} linesOf={responseLines} /> : null}
    </>
  );
}

/** Laid out by themselves, and only when they are looked at. */
const CHUNK_LINES = 200;
const LINE_HEIGHT_PX = 19;

function chunksOf(lines: readonly string[]): (readonly string[])[] {
  const count = Math.ceil(lines.length / CHUNK_LINES);
  return Array.from({ length: count }, (_, chunk) => lines.slice(chunk * CHUNK_LINES, (chunk + 1) * CHUNK_LINES));
}

interface RawHeadProps<H> {
  title: string;
  head: H;
  linesOf: (head: H) => string[];
}

/** Shown as it is; what leaves the window is redacted, unless somebody wants it with its secrets. */
function RawHead<H extends { headers: HeaderLines }>({ title, head, linesOf }: RawHeadProps<H>) {
  const app = useApp();
  const { common, copyAs } = useMessages();
  const names = useStore(app.config.store, (state) => state.config?.capture?.redact) ?? [];
  const isSecret = secretNames(names);
  const secrets = [...new Set(head.headers.map(([name]) => name.toLowerCase()).filter(isSecret))];
  async function copy(withSecrets: boolean): Promise<void> {
    const headers = withSecrets ? head.headers : redactLines(head.headers, isSecret);
    await copyText(app, linesOf({ ...head, headers }).join('\r\n'));
    if (!withSecrets && secrets.length > 0) showToast('info', copyAs.redacted(secrets));
  }
  const buttons = (
    <>
      <IconButton tone="quiet" size="small" label={common.copy} onClick={() => void copy(false)}>
        <Copy size={13} aria-hidden />
      </IconButton>
      {secrets.length > 0 ? (
        <IconButton tone="quiet" size="small" label={copyAs.copyWithSecrets} onClick={() => void copy(true)}>
          <KeyRound size={13} aria-hidden />
        </IconButton>
      ) : null}
    </>
  );
  return (
    <Section title={title} extra={buttons}>
      <pre className="raw-head">
        {chunksOf(linesOf(head)).map((lines, index) => (
          <span
            key={index}
            className="raw-chunk"
            style={{ containIntrinsicSize: `auto ${lines.length * LINE_HEIGHT_PX}px` }}
          >
            {lines.join('\n')}
          </span>
        ))}
      </pre>
    </Section>
  );
}

import { useEffect, useState } from 'react';
import type { AuthorityInfo } from '../../proxy-engine/contract/api.ts';
import { errorText } from '../api/engine-api.ts';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { copyText } from '../commands/copy-text.ts';
import { runCommand } from '../commands/run-commands.ts';
import { Button } from '../ui/button.tsx';
import { ErrorBox } from '../ui/field.tsx';
import { KeyValues } from '../ui/section.tsx';

/** The local authority: made when it is first looked at, told to clients by its file, trusted at once by a browser of its own. */
export function Authority() {
  const app = useApp();
  const { settings } = useMessages();
  const [shown, setShown] = useState(false);
  const hasProxy = useEngine((view) => view.state?.listeners.some(({ mode }) => mode === 'forward')) ?? false;
  return (
    <>
      <p className="muted settings-text">{settings.authorityText}</p>
      {shown ? <AuthorityFacts /> : null}
      <div className="settings-buttons">
        <Button aria-expanded={shown} onClick={() => setShown(!shown)}>
          {shown ? settings.hideAuthority : settings.showAuthority}
        </Button>
        <Button
          disabled={!hasProxy}
          title={hasProxy ? undefined : settings.needsForward}
          onClick={() => runCommand(app, 'browser.open')}
        >
          {settings.openBrowser}
        </Button>
      </div>
    </>
  );
}

function AuthorityFacts() {
  const app = useApp();
  const { settings } = useMessages();
  const [authority, setAuthority] = useState<AuthorityInfo | null>(null);
  const [error, setError] = useState<string | null>(null);

  useEffect(() => {
    app.authority().then(setAuthority, (reason: unknown) => setError(errorText(reason)));
  }, [app]);

  if (error) return <ErrorBox>{error}</ErrorBox>;
  if (!authority) return null;
  const { certificateFile, fingerprint, expiresAt, warnings } = authority;
  return (
    <>
      {warnings.map((warning) => (
        <p key={warning} className="note">
          {warning}
        </p>
      ))}
      <KeyValues
        entries={[
          [settings.certificateFile, <Mono key="file">{certificateFile}</Mono>],
          ['SHA-256', <Mono key="sha">{fingerprint}</Mono>],
          [settings.validUntil, new Date(expiresAt).toISOString().slice(0, 10)],
          ['curl', <Mono key="curl">{`curl --cacert '${certificateFile}' …`}</Mono>],
          ['Node', <Mono key="node">{`NODE_EXTRA_CA_CERTS='${certificateFile}'`}</Mono>],
          ['Python', <Mono key="python">{`SSL_CERT_FILE='${certificateFile}'`}</Mono>],
        ]}
      />
      <div className="settings-buttons">
        <Button onClick={() => void copyText(app, certificateFile)}>{settings.copyPath}</Button>
        <Button onClick={() => void copyText(app, authority.certificatePem)}>{settings.copyPem}</Button>
      </div>
    </>
  );
}

function Mono({ children }: { children: string }) {
  return <span className="mono settings-long">{children}</span>;
}

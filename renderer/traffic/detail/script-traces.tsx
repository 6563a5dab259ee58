import { CircleAlert } from 'lucide-react';
import type { ScriptTrace } from '../../../proxy-engine/contract/exchange.ts';
import { useMessages } from '../../app-context.tsx';
import { formatDuration } from '../../format/quantities.ts';
import { Chip } from '../../ui/chip.tsx';
import { Section } from '../../ui/section.tsx';

/** What the scripts of rules wrote to their consoles, and where they failed. */
export function ScriptTraces({ scripts }: { scripts: readonly ScriptTrace[] }) {
  const { fromExchange: texts } = useMessages();
  if (scripts.length === 0) return null;
  return (
    <Section title={texts.scripts}>
      {scripts.map((trace, index) => (
        <OneScript key={index} trace={trace} />
      ))}
    </Section>
  );
}

function OneScript({ trace }: { trace: ScriptTrace }) {
  const { fromExchange: texts, detail, engine } = useMessages();
  const { file, phase, durationMs, console: lines, error } = trace;
  return (
    <div className="trace">
      <div className="trace-head">
        <span className="mono truncate">{file}</span>
        <Chip>{detail.phase[phase]}</Chip>
        <span className="muted">{texts.scriptTook(formatDuration(durationMs))}</span>
      </div>
      {lines.length > 0 ? (
        <pre className="script-console">
          {lines.map(({ level, text }, index) => (
            <span key={index} className={`script-line script-${level}`}>
              {`${text}\n`}
            </span>
          ))}
        </pre>
      ) : error ? null : (
        <p className="muted">{texts.scriptQuiet}</p>
      )}
      {error ? (
        <p className="script-error">
          <CircleAlert size={13} aria-hidden />
          <span className="mono">
            {[file, error.line, error.column].filter((part) => part !== undefined).join(':')}
          </span>
          {engine(error.message)}
        </p>
      ) : null}
    </div>
  );
}

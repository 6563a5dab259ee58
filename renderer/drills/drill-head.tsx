import { ChevronDown, FileDown, FolderOpen, Play, Square } from 'lucide-react';
import type { ConfigIssue } from '../../proxy-engine/contract/config-issue.ts';
import { useApp, useEngine, useMessages } from '../app-context.tsx';
import { runCommand } from '../commands/run-commands.ts';
import { saveText } from '../transfer/save-text.ts';
import { Button } from '../ui/button.tsx';
import { Input } from '../ui/field.tsx';
import { FileButton } from '../ui/file-button.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { showToast } from '../ui/toast.tsx';
import { issueLines } from './issue-lines.ts';
import { draftFrom, TEMPLATES, type TemplateName } from './templates.ts';
import type { DraftUse } from './use-draft.ts';

export interface DraftProps extends DraftUse {
  issues: readonly ConfigIssue[];
}

/** The drill's name, where it comes from and goes to, and the button that runs it. */
export function DrillHead({ draft, onChange, issues }: DraftProps) {
  const app = useApp();
  const { drills } = useMessages();
  return (
    <header className="drill-head">
      <Input
        className="drill-name"
        aria-label={drills.name}
        value={draft.name}
        onChange={(event) => onChange({ ...draft, name: event.target.value })}
      />
      <TemplateMenu onChange={onChange} />
      <OpenButton />
      <Button
        onClick={() =>
          app.attempt(app.drills.textOf(draft).then((text) => saveText(text, `${fileName(draft.name)}.yaml`)))
        }
      >
        <FileDown size={13} aria-hidden />
        {drills.save}
      </Button>
      <span className="drill-space" />
      <RunButton disabled={issues.length > 0} />
    </header>
  );
}

/** `One of three dies` → `one-of-three-dies` */
export function fileName(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-+|-+$/g, '') || 'drill'
  );
}

function RunButton({ disabled }: { disabled: boolean }) {
  const app = useApp();
  const { drills } = useMessages();
  const isRunning = useEngine((view) => view.state?.drill?.outcome === 'running');
  if (isRunning)
    return (
      <Button tone="danger" onClick={() => runCommand(app, 'drill.stop')}>
        <Square size={12} fill="currentColor" aria-hidden />
        {drills.stop}
      </Button>
    );
  return (
    <Button
      tone="primary"
      disabled={disabled}
      title={disabled ? drills.mendFirst : undefined}
      onClick={() => runCommand(app, 'drill.run')}
    >
      <Play size={12} fill="currentColor" aria-hidden />
      {drills.run}
    </Button>
  );
}

function TemplateMenu({ onChange }: Pick<DraftUse, 'onChange'>) {
  const { drills } = useMessages();
  const pools = useEngine((view) => view.state?.pools) ?? [];
  const several = pools.length > 1;

  function choose(template: TemplateName, pool: (typeof pools)[number]): void {
    onChange(draftFrom(template, drills.template[template], pool));
  }

  return (
    <Menu
      trigger={
        <Button>
          {drills.templates}
          <ChevronDown size={12} aria-hidden />
        </Button>
      }
    >
      {pools.flatMap((pool) =>
        TEMPLATES.map((template) => (
          <MenuItem key={`${pool.name} ${template}`} onSelect={() => choose(template, pool)}>
            {drills.template[template]}
            {several ? <span className="muted">{pool.name}</span> : null}
          </MenuItem>
        )),
      )}
    </Menu>
  );
}

function OpenButton() {
  const app = useApp();
  const { drills, engine } = useMessages();

  async function open(file: File): Promise<void> {
    const issues = await app.drills.open(await file.text());
    if (issues) showToast('error', `${file.name}:\n${issueLines(issues, engine)}`, true);
  }

  return (
    <FileButton inputLabel={drills.openFile} accept=".yaml,.yml,.json" onFile={(file) => app.attempt(open(file))}>
      <FolderOpen size={13} aria-hidden />
      {drills.open}
    </FileButton>
  );
}

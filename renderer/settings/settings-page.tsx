import './settings.css';
import { type ReactNode, useEffect, useRef } from 'react';
import { useApp, useEngine, useMessages, useUi } from '../app-context.tsx';
import { formatSize } from '../format/quantities.ts';
import type { Language } from '../i18n/language.ts';
import type { Theme } from '../store/preferences.ts';
import { KeyValues } from '../ui/section.tsx';
import { SegmentedControl } from '../ui/segmented-control.tsx';
import { Switch } from '../ui/switch.tsx';
import { Authority } from './authority.tsx';
import { CaptureLimits } from './capture-limits.tsx';
import { KeyTable } from './key-table.tsx';
import { Listeners } from './listeners.tsx';
import { ThrottleSettings } from './throttle-settings.tsx';

export function SettingsPage() {
  const { settings, throttleForm } = useMessages();
  return (
    <div className="page-scroll">
      <div className="settings">
        <h1 className="page-title">{settings.title}</h1>
        <Card title={settings.appearance}>
          <Appearance />
        </Card>
        <Card title={settings.listeners}>
          <Listeners />
        </Card>
        <Card title={settings.authority}>
          <Authority />
        </Card>
        <Card title={settings.capture}>
          <Capture />
        </Card>
        <Card title={throttleForm.title}>
          <ThrottleSettings />
        </Card>
        <Keys />
        <Card title={settings.about}>
          <About />
        </Card>
      </div>
    </div>
  );
}

function Keys() {
  const app = useApp();
  const { settings } = useMessages();
  const card = useRef<HTMLDivElement>(null);
  const wanted = useUi((state) => state.showKeys);
  useEffect(() => {
    if (!wanted) return;
    card.current?.scrollIntoView();
    app.ui.setState({ showKeys: false });
  }, [app, wanted]);
  return (
    <div ref={card}>
      <Card title={settings.keys}>
        <KeyTable />
      </Card>
    </div>
  );
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card settings-card">
      <h2 className="section-title">{title}</h2>
      {children}
    </section>
  );
}

const LANGUAGES: readonly { value: Language; label: string }[] = [
  { value: 'en', label: 'English' },
  { value: 'zh-TW', label: '繁體中文' },
];

function Appearance() {
  const app = useApp();
  const { settings } = useMessages();
  const theme = useUi((state) => state.theme);
  const language = useUi((state) => state.language);
  const themes = (['system', 'light', 'dark'] as const satisfies readonly Theme[]).map((value) => ({
    value,
    label: settings.themes[value],
  }));
  return (
    <>
      <div className="settings-row">
        {settings.theme}
        <SegmentedControl
          label={settings.theme}
          value={theme}
          options={themes}
          onChange={(next) => app.ui.setState({ theme: next })}
        />
      </div>
      <div className="settings-row">
        {settings.language}
        <SegmentedControl
          label={settings.language}
          value={language}
          options={LANGUAGES}
          onChange={(next) => app.ui.setState({ language: next })}
        />
      </div>
    </>
  );
}

function Capture() {
  const app = useApp();
  const { settings, engine } = useMessages();
  const capture = useEngine((view) => view.state?.capture);
  if (!capture) return null;
  return (
    <>
      <div className="settings-row">
        {settings.recording}
        <Switch checked={capture.recording} label={settings.recording} onChange={(on) => app.setRecording(on)} />
      </div>
      <KeyValues
        entries={[
          [
            settings.captureLevel,
            [settings.levels[capture.level], engine(capture.reason ?? ''), engine(capture.note ?? '')]
              .filter(Boolean)
              .join(' · '),
          ],
          [settings.captureNow, settings.captureNowValue(capture.exchanges, formatSize(capture.bytes))],
        ]}
      />
      <CaptureLimits />
    </>
  );
}

function About() {
  const { settings } = useMessages();
  const info = useEngine((view) => view.info);
  const file = useEngine((view) => view.state?.configFile);
  const revision = useEngine((view) => view.state?.revision);
  return (
    <KeyValues
      entries={[
        [settings.version, info ? `Switchyard ${info.version}` : undefined],
        [settings.host, info ? `${settings.hosts[info.host]} · ${info.platform}` : undefined],
        [
          settings.configFile,
          file ? (
            <span key="file" className="mono">
              {file}
            </span>
          ) : undefined,
        ],
        [settings.revision, revision],
      ]}
    />
  );
}

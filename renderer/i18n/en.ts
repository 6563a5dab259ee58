import { type CommandId, commandDefinitions } from '../commands/registry.ts';
import { formatCount } from '../format/quantities.ts';
import { enBreakpoints } from './en/breakpoints.ts';
import { enCompose } from './en/compose.ts';
import { enConnection } from './en/connection.ts';
import { enConflict, enOrigin, enThrottleForm } from './en/documents.ts';
import { enDrills } from './en/drills.ts';
import { enFirstRun } from './en/first-run.ts';
import { enPages } from './en/pages.ts';
import { plural } from './en/plural.ts';
import { enPools } from './en/pools.ts';
import { enProtobuf } from './en/protobuf.ts';
import { enRecordings } from './en/recordings.ts';
import { enRouteForm, enRuleActions } from './en/rule-actions.ts';
import { enSettingsForms } from './en/settings-forms.ts';
import { enTraffic } from './en/traffic.ts';
import { enTransfer } from './en/transfer.ts';
import { enWorkbench } from './en/workbench.ts';
import { engineTexts } from './engine-text.ts';

const commandTitles = Object.fromEntries(commandDefinitions.map(({ id, title }) => [id, title])) as Record<
  CommandId,
  string
>;

const policyNames = {
  round_robin: 'round robin',
  random: 'random',
  least_request: 'least request',
  peak_ewma: 'peak EWMA',
  ketama: 'ketama hash',
  ring_hash: 'ring hash',
  maglev: 'maglev hash',
  ip_hash: 'IP hash',
  first: 'first available',
};

/** The source of all texts of the window. Another language is a value of the type `Messages`: the compiler finds what is missing. */
export const en = {
  /** What the engine said, in the language of the window. */
  engine: (text: string): string => text,
  /** Why a backend was picked: policies as people call them. Elsewhere they stand as the config has them. */
  why: engineTexts(policyNames, {}),
  commands: commandTitles,
  pages: {
    traffic: 'Traffic',
    backends: 'Backends',
    rules: 'Rules',
    drills: 'Drills',
    compose: 'Compose',
    settings: 'Settings',
  },
  common: {
    close: 'Close',
    save: 'Save',
    saving: 'Saving…',
    delete: 'Delete',
    copy: 'Copy',
    copied: 'Copied',
    more: 'More',
    none: 'none',
    loading: 'Loading…',
    pages: 'Pages',
    menu: 'Menu',
    notifications: 'Notifications',
  },
  frame: {
    recording: 'Recording',
    paused: 'Paused',
    recordingHint: 'Stop or start recording exchanges',
    listeners: (count: number) => plural(count, 'listener', 'listeners'),
    otherListeners: (count: number) => plural(count, 'more listener', 'more listeners'),
    copyAddress: (name: string) => `Copy the address of ${name}`,
    copiedAddress: (address: string) => `${address} copied`,
    listenerFailed: (name: string, why: string) => `${name}: ${why}`,
    clear: 'Clear',
    skip: 'Skip to the page',
    commands: 'Commands',
    configError: (why: string) => `A change of the config does not run: ${why}`,
    sharedProblem: {
      unreachable: (source: string, why: string) =>
        `${source} cannot be reached (${why}). Its last good copy runs, and it is tried again.`,
      gone: (source: string, _why: string) => `${source} is gone: there is no such key. Its last good copy runs.`,
      refused: (source: string, why: string) =>
        `${source} was changed to what cannot run. Its last good copy runs. ${why}`,
      unkept: (source: string, why: string) =>
        `${source} runs, but no copy could be kept for when its database is away: ${why}`,
    },
    captureDegraded: {
      full: '',
      heads: 'Bodies are not kept at the moment',
      sampled: 'Some exchanges are not kept at the moment',
      off: 'Exchanges are not kept at the moment',
    },
    renderFailed: 'This page could not be shown',
    partFailed: (why: string) => `This could not be shown: ${why}`,
    reload: 'Load the window again',
  },
  palette: {
    placeholder: 'Type a command, a backend or a rule…',
    empty: 'No command matches',
    label: 'Command palette',
    throttle: (link: string) => `Throttle: ${link}`,
    drill: (template: string, pool: string) => `New drill: ${template} (${pool})`,
    openRule: (rule: string) => `Open rule ${rule}`,
    ruleOff: (rule: string) => `Take rule ${rule} away`,
    ruleOn: (rule: string) => `Let rule ${rule} act`,
    /** Other words for the switch of a backend or a rule, to be found by. */
    off: 'switch off, disable',
    on: 'switch on, enable',
  },
  backend: {
    word: {
      maint: 'maint',
      draining: 'draining',
      ejected: 'ejected',
      unhealthy: 'unhealthy',
      healthy: 'healthy',
      unknown: 'not probed',
    },
    backIn: (seconds: number) => `back in ${seconds} s`,
    backup: 'backup',
    switch: (name: string) => `${name} takes traffic`,
    switchHint: 'Switch between ready and maint; with Shift: drain',
    takeOut: (name: string) => `Take ${name} out (maint)`,
    bringBack: (name: string) => `Bring ${name} back (ready)`,
    drain: (name: string) => `Drain ${name}`,
    inFlight: (count: number) => `in flight ${formatCount(count)}`,
    share: (share: string) => `share ${share}`,
    dock: 'Backends',
    worstP95: 'The slowest backend’s p95',
    noPools: 'No pools in this config',
    policy: policyNames,
    state: { ready: 'ready', drain: 'drain', maint: 'maint' },
  },
  settings: {
    title: 'Settings',
    appearance: 'Appearance',
    theme: 'Theme',
    themes: { system: 'System', light: 'Light', dark: 'Dark' },
    language: 'Language',
    listeners: 'Listeners',
    listenerMode: { reverse: 'reverse: routes decide', forward: 'forward: explicit proxy' },
    listening: 'listening',
    failed: 'not listening',
    noListeners: 'No listeners in this config.',
    capture: 'Capture',
    captureLevel: 'Level',
    levels: { full: 'heads and bodies', heads: 'heads only', sampled: 'a sample', off: 'nothing' },
    captureNow: 'Kept now',
    captureNowValue: (count: number, size: string) => `${plural(count, 'exchange', 'exchanges')}, ${size}`,
    authority: 'Local authority',
    authorityText:
      'Signs the certificates that listeners with local TLS and interception show. It is made on this machine, for this machine alone.',
    showAuthority: 'Show the authority',
    hideAuthority: 'Hide the authority',
    openBrowser: 'Open a browser that trusts it',
    needsForward: 'Needs a forward listener in the config',
    certificateFile: 'Certificate',
    validUntil: 'Valid until',
    copyPath: 'Copy path',
    copyPem: 'Copy certificate',
    recording: 'Recording',
    about: 'About',
    version: 'Version',
    host: 'Runs as',
    hosts: { desktop: 'desktop app', headless: 'switchyard run' },
    configFile: 'Config file',
    revision: 'Revision',
    keys: 'Keyboard shortcuts',
    sections: {
      file: 'File',
      view: 'View',
      traffic: 'Traffic',
      backends: 'Backends',
      rules: 'Rules',
      help: 'Help',
      list: 'In the list',
    },
    backendKeys: 'Switch backend 1–9 between ready and maint',
    backendDrainKeys: 'Drain backend 1–9',
    sendKeys: 'Send the request that is composed',
    leaveEditorKeys: 'Leave the YAML editor',
    orderKeys: 'Move a rule, a route or an action up or down',
    backendFaultKeys: 'Faults of backend 1–9',
    listKeys: {
      next: 'Next exchange',
      previous: 'Previous exchange',
      page: 'A page down or up',
      ends: 'First or newest exchange',
      extend: 'Choose several; Shift and Ctrl or ⌘ with a click, too',
      all: 'Choose all, the newest 1,000 at most',
      open: 'Move into the detail pane',
      close: 'Close the detail pane',
    },
  },
  connection: enConnection,
  firstRun: enFirstRun,
  ...enTraffic,
  ...enWorkbench,
  ...enCompose,
  protobuf: enProtobuf,
  recordings: enRecordings,
  ...enPages,
  ...enPools,
  drills: enDrills,
  transfer: enTransfer,
  ...enBreakpoints,
  ...enSettingsForms,
  ruleActions: enRuleActions,
  conflict: enConflict,
  origin: enOrigin,
  throttleForm: enThrottleForm,
  routeForm: enRouteForm,
};

export type Messages = typeof en;

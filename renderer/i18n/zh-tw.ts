import { formatCount } from '../format/quantities.ts';
import type { Messages } from './en.ts';
import { engineTexts } from './engine-text.ts';
import { zhTwBackendTexts } from './zh-tw/backend-texts.ts';
import { zhTwBreakpoints } from './zh-tw/breakpoints.ts';
import { zhTwCodingTexts } from './zh-tw/coding-texts.ts';
import { zhTwCommandTexts } from './zh-tw/command-texts.ts';
import { zhTwCommands } from './zh-tw/commands.ts';
import { zhTwCompose } from './zh-tw/compose.ts';
import { zhTwConfigTexts } from './zh-tw/config-texts.ts';
import { zhTwConnection } from './zh-tw/connection.ts';
import { zhTwConflict, zhTwOrigin, zhTwThrottleForm } from './zh-tw/documents.ts';
import { zhTwDrillTexts } from './zh-tw/drill-texts.ts';
import { zhTwDrills } from './zh-tw/drills.ts';
import { zhTwEngineTexts } from './zh-tw/engine-texts.ts';
import { zhTwExportTexts } from './zh-tw/export-texts.ts';
import { zhTwExpressionTexts } from './zh-tw/expression-texts.ts';
import { zhTwFirstRun } from './zh-tw/first-run.ts';
import { zhTwImportTexts } from './zh-tw/import-texts.ts';
import { zhTwPages } from './zh-tw/pages.ts';
import { zhTwPools } from './zh-tw/pools.ts';
import { zhTwProtobuf } from './zh-tw/protobuf.ts';
import { zhTwProtocolTexts } from './zh-tw/protocol-texts.ts';
import { zhTwRecordingTexts } from './zh-tw/recording-texts.ts';
import { zhTwRecordings } from './zh-tw/recordings.ts';
import { zhTwRouteForm, zhTwRuleActions } from './zh-tw/rule-actions.ts';
import { zhTwScriptTexts } from './zh-tw/script-texts.ts';
import { zhTwSettingsForms } from './zh-tw/settings-forms.ts';
import { zhTwTraffic } from './zh-tw/traffic.ts';
import { zhTwTransfer } from './zh-tw/transfer.ts';
import { zhTwWorkbench } from './zh-tw/workbench.ts';

const engine = engineTexts(
  {
    ...zhTwExportTexts,
    ...zhTwImportTexts,
    ...zhTwCommandTexts,
    ...zhTwConfigTexts,
    ...zhTwBackendTexts,
    ...zhTwEngineTexts,
    ...zhTwExpressionTexts,
    ...zhTwScriptTexts,
    ...zhTwCodingTexts,
    ...zhTwProtocolTexts,
    ...zhTwRecordingTexts,
    ...zhTwDrillTexts,
  },
  { '; ': '；', ', ': '，', ': ': '：' },
);

/** 繁體中文（台灣）。 */
export const zhTw: Messages = {
  engine,
  why: engine,
  commands: zhTwCommands,
  pages: { traffic: '流量', backends: '後端', rules: '規則', drills: '演練', compose: '撰寫', settings: '設定' },
  common: {
    close: '關閉',
    save: '儲存',
    saving: '儲存中…',
    delete: '刪除',
    copy: '複製',
    copied: '已複製',
    more: '更多',
    none: '無',
    loading: '載入中…',
    pages: '頁面',
    menu: '選單',
    notifications: '通知',
  },
  frame: {
    recording: '記錄中',
    paused: '已暫停',
    recordingHint: '停止或開始記錄交換',
    listeners: (count) => `${count} 個監聽器`,
    otherListeners: (count) => `還有 ${count} 個監聽器`,
    copyAddress: (name) => `複製 ${name} 的位址`,
    copiedAddress: (address) => `已複製 ${address}`,
    listenerFailed: (name, why) => `${name}：${why}`,
    clear: '清空',
    skip: '跳到頁面內容',
    commands: '命令',
    configError: (why) => `設定檔的變更無法執行：${why}`,
    sharedProblem: {
      unreachable: (source, why) => `無法連線到 ${source}（${why}）。目前執行最後一份正確的副本，並會持續重試。`,
      gone: (source) => `${source} 已不存在：沒有這個鍵。目前執行最後一份正確的副本。`,
      refused: (source, why) => `${source} 的新內容無法執行，目前執行最後一份正確的副本。${why}`,
      unkept: (source, why) => `${source} 正在執行，但無法為其資料庫離線時保留副本：${why}`,
    },
    captureDegraded: {
      full: '',
      heads: '目前不保留主體',
      sampled: '目前有部分交換未保留',
      off: '目前不保留任何交換',
    },
    renderFailed: '無法顯示此頁面',
    partFailed: (why) => `無法顯示：${why}`,
    reload: '重新載入視窗',
  },
  palette: {
    placeholder: '輸入命令、後端或規則…',
    empty: '沒有符合的命令',
    label: '命令面板',
    throttle: (link) => `限速：${link}`,
    drill: (template, pool) => `新演練：${template}（${pool}）`,
    openRule: (rule) => `開啟規則 ${rule}`,
    ruleOff: (rule) => `停用規則 ${rule}`,
    ruleOn: (rule) => `啟用規則 ${rule}`,
    off: '關閉 停用 switch off',
    on: '開啟 啟用 switch on',
  },
  backend: {
    word: {
      maint: '維護',
      draining: '排空中',
      ejected: '已逐出',
      unhealthy: '不健康',
      healthy: '健康',
      unknown: '未探測',
    },
    backIn: (seconds) => `${seconds} 秒後恢復`,
    backup: '備援',
    switch: (name) => `${name} 接收流量`,
    switchHint: '在 ready 與 maint 之間切換；按住 Shift：排空',
    takeOut: (name) => `將 ${name} 移出（maint）`,
    bringBack: (name) => `將 ${name} 加回（ready）`,
    drain: (name) => `排空 ${name}`,
    inFlight: (count) => `進行中 ${formatCount(count)}`,
    share: (share) => `占比 ${share}`,
    dock: '後端',
    worstP95: '最慢後端的 p95',
    noPools: '此設定檔沒有集區',
    policy: {
      round_robin: '輪詢',
      random: '隨機',
      least_request: '最少請求',
      peak_ewma: '峰值 EWMA',
      ketama: 'ketama 雜湊',
      ring_hash: '環狀雜湊',
      maglev: 'maglev 雜湊',
      ip_hash: 'IP 雜湊',
      first: '第一個可用',
    },
    state: { ready: '就緒', drain: '排空', maint: '維護' },
  },
  settings: {
    title: '設定',
    appearance: '外觀',
    theme: '主題',
    themes: { system: '跟隨系統', light: '淺色', dark: '深色' },
    language: '語言',
    listeners: '監聽器',
    listenerMode: { reverse: '反向：由路由決定', forward: '正向：明確指定的代理' },
    listening: '監聽中',
    failed: '未監聽',
    noListeners: '此設定檔沒有監聽器。',
    capture: '擷取',
    captureLevel: '層級',
    levels: { full: '標頭與主體', heads: '只有標頭', sampled: '取樣', off: '不擷取' },
    captureNow: '目前保留',
    captureNowValue: (count, size) => `${formatCount(count)} 筆交換，${size}`,
    authority: '本機憑證授權單位',
    authorityText: '為使用本機 TLS 的監聽器與攔截簽發憑證。它在這台電腦上產生，只供這台電腦使用。',
    showAuthority: '顯示授權單位',
    hideAuthority: '隱藏授權單位',
    openBrowser: '開啟信任它的瀏覽器',
    needsForward: '設定檔需要一個正向監聽器',
    certificateFile: '憑證',
    validUntil: '有效期限',
    copyPath: '複製路徑',
    copyPem: '複製憑證',
    recording: '記錄',
    about: '關於',
    version: '版本',
    host: '執行方式',
    hosts: { desktop: '桌面應用程式', headless: 'switchyard run' },
    configFile: '設定檔',
    revision: '修訂',
    keys: '鍵盤快速鍵',
    sections: {
      file: '檔案',
      view: '檢視',
      traffic: '流量',
      backends: '後端',
      rules: '規則',
      help: '說明',
      list: '在清單中',
    },
    backendKeys: '在 ready 與 maint 之間切換後端 1–9',
    backendDrainKeys: '排空後端 1–9',
    sendKeys: '送出編寫中的請求',
    leaveEditorKeys: '離開 YAML 編輯器',
    orderKeys: '上移或下移規則、路由或動作',
    backendFaultKeys: '後端 1–9 的故障',
    listKeys: {
      next: '下一筆交換',
      previous: '上一筆交換',
      page: '往下或往上一頁',
      ends: '第一筆或最新的交換',
      extend: '選取多筆；也可按住 Shift、Ctrl 或 ⌘ 點選',
      all: '全選，最多為最新的 1,000 筆',
      open: '移到詳細窗格',
      close: '關閉詳細窗格',
    },
  },
  connection: zhTwConnection,
  firstRun: zhTwFirstRun,
  ...zhTwTraffic,
  ...zhTwWorkbench,
  ...zhTwCompose,
  protobuf: zhTwProtobuf,
  recordings: zhTwRecordings,
  ...zhTwPages,
  ...zhTwPools,
  drills: zhTwDrills,
  transfer: zhTwTransfer,
  ...zhTwBreakpoints,
  ...zhTwSettingsForms,
  ruleActions: zhTwRuleActions,
  conflict: zhTwConflict,
  origin: zhTwOrigin,
  throttleForm: zhTwThrottleForm,
  routeForm: zhTwRouteForm,
};

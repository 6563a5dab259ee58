import type { CommandId } from './registry.ts';

const BREAK = 'breakpoint hold pause intercept 中斷點 攔截 暫停';
const AGAIN = 'repeat resend again 重複 再送一次';

/** By which the palette finds a command, beside its title: what other programs call it, in both languages. Never shown. */
export const COMMAND_WORDS: Partial<Record<CommandId, string>> = {
  'page.traffic': 'exchanges requests 交換 請求',
  'page.backends': 'pools load balancing health 集區 負載平衡 健康',
  'page.rules': 'routes rewrite map local map remote 路由 改寫',
  'page.drills': 'failover chaos 容錯移轉',
  'page.compose': 'request client curl 請求',
  'page.settings': 'preferences options certificate listeners 偏好 選項 憑證 監聽器',
  'theme.next': 'theme appearance dark mode 主題 外觀 深色',
  'recording.toggle': 'pause resume capture 暫停 擷取',
  'recordings.save': 'session archive',
  'recordings.open': 'session archive',
  'exchanges.clear': 'delete remove empty 刪除',
  'browser.open': 'trust certificate https chrome 信任 憑證',
  'traffic.filter': 'search 搜尋',
  'traffic.findInBodies': 'search body content text 搜尋 內容',
  'traffic.mark': 'color highlight comment label 註解 醒目',
  'traffic.pin': 'keep favourite 保留',
  'traffic.compare': 'diff difference 差異',
  'traffic.replay': AGAIN,
  'traffic.replayInTime': AGAIN,
  'traffic.editAndSend': `compose change ${AGAIN}`,
  'traffic.breakNext': BREAK,
  'traffic.breakNextResponse': BREAK,
  'breakpoints.continueAll': `${BREAK} resume release`,
  'traffic.makeRule': 'rewrite header 改寫 標頭',
  'traffic.answerLike': 'mock stub map local 模擬',
  'traffic.tryInBench': 'debug rules 除錯',
  'traffic.failed': 'errors 錯誤',
  'traffic.retried': 'failover retries 重試 容錯移轉',
  'har.export': 'save download',
  'har.import': 'open load',
  'rules.new': 'header rewrite map local map remote mock block redirect 標頭 改寫 模擬 重新導向',
  'rules.export': 'nginx haproxy caddy envoy traefik yaml json config 設定檔',
  'rules.import': 'charles requestly nginx har config 設定檔',
  'drill.run': 'failover chaos 容錯移轉',
  'help.keys': 'help hotkeys 說明',
};

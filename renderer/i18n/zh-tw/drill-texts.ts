import type { EngineTexts } from '../engine-text.ts';

/** What happened in a drill, and how its expectations were met. */
export const zhTwDrillTexts: EngineTexts = {
  'no listener {}': '沒有監聽器 {}',
  '{} is not in the config any more': '{} 已不在設定檔中',
  '{}, which listened on port {}, is gone': '在連接埠 {2} 監聽的 {1} 已不存在',
  'broke off after {}: {}': '在 {} 後中斷：{}',
  'no answer within {} s': '{} 秒內沒有回應',
  'no process listens on port {}': '沒有程序在連接埠 {} 監聽',
  "the system does not tell which process listens on port {}; it may be another user's":
    '系統未告知哪個程序在連接埠 {} 監聽；可能屬於其他使用者',
  'port {} belongs to the system (pid {}), which is left alone': '連接埠 {} 屬於系統（pid {}），不予更動',
  "port {} is Switchyard's own; a drill sends it no signal": '連接埠 {} 屬於 Switchyard 本身；演練不會向它送出訊號',
  '{} ({} of {})': '{*}（{3} 個中有 {2} 個）',
  'no request': '沒有請求',
  'no request of its pool': '其集區沒有請求',
  'no time': '沒有時間',
  'not brought back yet': '尚未恢復',
  'is not there any more': '已不存在',
  'no fault': '沒有故障',
};

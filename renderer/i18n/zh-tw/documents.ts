import type { enConflict, enOrigin, enThrottleForm } from '../en/documents.ts';

export const zhTwOrigin: typeof enOrigin = {
  shared: '共用的規則組。儲存的內容會寫到那裡，所有使用者都會採用：',
  included: '來自引入的檔案。儲存的內容會寫到那裡：',
  anchor: '其中有些內容來自 YAML 的錨點（& 與 *）。在此變更的內容只會寫入這一項。',
  givesAnchor: (names) =>
    `文件的其他部分取用這裡的內容（${names.map((name) => `&${name}`).join('、')}）：在此變更的內容，那裡也會跟著改變。`,
  head: (count, name) => `${name}，引入：${count}`,
  newHere: (name) => `在 ${name} 新增規則`,
  document: '文件',
  own: '本身',
};

export const zhTwConflict: typeof enConflict = {
  deletedMeanwhile: (name) => `你編輯時，${name} 已被刪除。你輸入的內容仍保留：`,
  addAgain: '重新加在最後',
  giveUp: '放棄',
  changedMeanwhile: (what) => `你編輯時，${what}已被他人變更。`,
  keys: {
    name: '名稱',
    address: '位址',
    mode: '模式',
    intercept: '要解開 TLS 的主機',
    tls: 'TLS',
    allowRemote: '其他電腦能否連線',
    exchanges: '保留的交換數量',
    disk: '可用的磁碟空間',
    age: '交換的保留時間',
    bodies: '內文的保留大小',
    redact: '遮蔽的標頭',
    group: '群組',
    match: '條件',
    limit: '速率限制',
    enabled: '啟用狀態',
    request: '對請求的動作',
    response: '對回應的動作',
    listeners: '監聽器的選擇',
    mirror: '複本',
    pool: '集區',
    split: '分流',
    respond: '回應',
    redirect: '重新導向',
  },
  now: '目前',
  yours: '你的',
  nothing: '無',
  takeTheirs: '採用目前的內容',
  keepMine: '保留我的',
  choose: '請先選擇',
};

export const zhTwThrottleForm: typeof enThrottleForm = {
  title: '限速預設組合',
  none: '自訂的連線會與常用的並列，在上方列與規則的表單中都能選用。目前還沒有。',
  name: '名稱',
  nameMissing: '預設組合需要名稱。',
  valueMissing: '預設組合需要頻寬或延遲。',
  expected: (example) => `應為 ${example} 這樣的值。`,
  add: '新增預設組合',
  remove: (name) => `移除 ${name}`,
};

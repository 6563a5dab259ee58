import type { EngineTexts } from '../engine-text.ts';

/** What a name or an id led to: nothing. */
const MISSING: EngineTexts = {
  'there is none': '目前沒有任何一個',
  'there are {}': '現有 {}',
  'did you mean {}?': '是不是 {}？',
  'no pool is called {}': '沒有名為 {} 的集區',
  'no pool is called {}; {}': '沒有名為 {} 的集區；{*}',
  'no backend is called {}': '沒有名為 {} 的後端',
  'no backend is called {}; {}': '沒有名為 {} 的後端；{*}',
  'no rule is called {}': '沒有名為 {} 的規則',
  'no rule is called {}; {}': '沒有名為 {} 的規則；{*}',
  'no route is called {}': '沒有名為 {} 的路由',
  'no route is called {}; {}': '沒有名為 {} 的路由；{*}',
  'no listener is called {}': '沒有名為 {} 的監聽器',
  'no listener is called {}; {}': '沒有名為 {} 的監聽器；{*}',
  'no command is called {}; {}': '沒有名為 {} 的命令；{*}',
  'commands are {}': '命令有 {}',
  'no descriptor set is called {}': '沒有名為 {} 的描述檔',
  'another descriptor set is called {}': '已有另一個名為 {} 的描述檔',
  'no {} is called {}': '沒有名為 {2} 的 {1}',
  'no {} is called {}; {}': '沒有名為 {2} 的 {1}；{*3}',
  '{}; it may have been renamed or deleted meanwhile': '{*}；可能已被改名或刪除',
  'there is no forward listener': '沒有正向監聽器',
  'no forward listener is called {}': '沒有名為 {} 的正向監聽器',
  '{}; add one with mode: forward': '{*}；請新增一個 mode: forward 的監聽器',
  'no Chrome, Chromium, Edge or Brave was found; install one, or name its executable in SWITCHYARD_BROWSER':
    '找不到 Chrome、Chromium、Edge 或 Brave；請安裝其中之一，或以 SWITCHYARD_BROWSER 指定執行檔',
  'there is no exchange {}; it was cleared, or pushed out by newer ones': '沒有交換 {}；它已被清除，或被較新的交換擠出',
  'exchange {} is not held; it was let go, its time was up, or its client left':
    '交換 {} 沒有被攔下；它已放行、時間已到，或用戶端已離開',
  'there is no sending {}; only the last ones are remembered': '沒有送出作業 {}；只記得最近的幾個',
  'there is no listener that the request could come in by; add one': '沒有請求可以進入的監聽器；請新增一個',
  'there is no report of a drill {}; the oldest are dropped': '沒有演練 {} 的報告；最舊的會被移除',
  'there is no {} {}; it is done, or others were begun after it': '沒有 {} {}；它已完成，或之後又開始了其他作業',
  'there is no recording {} that can be read: {}': '沒有可讀取的記錄 {}：{*}',
  'there is no key {}': '沒有鍵 {}',
  'there is no key {}; one that begins with a slash is {}': '沒有鍵 {}；以斜線開頭的鍵要寫成 {}',
  'the key has a list, a set or a hash, not a text': '這個鍵是串列、集合或雜湊，不是文字',
  'it wants a password, as in {}': '需要密碼，例如 {}',
  'the user or the password is wrong': '使用者或密碼錯誤',
  'no answer within 5 s': '5 秒內沒有回應',
  'no answer within 5 s; it may be written later': '5 秒內沒有回應；之後仍可能寫入',
};

const REFUSED: EngineTexts = {
  '{} (and {} more)': '{*}（另有 {} 項）',
  '{} failed: {}': '{*} 失敗：{*}',
  'not the input of this command': '不是這個命令的輸入',
  'unknown {}; there are {}': '不認得 {}；現有 {}',
  'redact is true or false': 'redact 只能是 true 或 false',
  'a fault needs something that goes wrong; null ends it': '故障需要指定出錯的內容；null 會結束它',
  'a drill runs; wait for its end, or stop it': '演練正在執行；請等它結束，或停止它',
  'not a drill': '不是演練',
  'at most {} exchanges can be pinned; unpin some first': '最多可釘選 {} 個交換；請先取消釘選一些',
  'pinned exchanges would fill half of capture.disk; unpin some first':
    '釘選的交換會占滿 capture.disk 的一半；請先取消釘選一些',
  'a backend needs its pool': '後端需要它的集區',
  'expected a method such as GET': '應為方法，例如 GET',
  'expected a path such as {} or a URL such as {}': '應為路徑（例如 {}）或網址（例如 {}）',
  'expected a version such as 1.22': '應為版本，例如 1.22',
  'expected the name of a header, such as x-user': '應為標頭名稱，例如 x-user',
  'expected a value without line breaks': '應為沒有換行的值',
  'CONNECT opens a tunnel; it cannot be composed': 'CONNECT 會開啟隧道，不能在此撰寫',
};

/** Sending again what was recorded. */
const SENDING: EngineTexts = {
  'the bodies of the selection have more than {} MiB; the first {} fit': '選取項目的主體超過 {} MiB；前 {} 個放得下',
  'exchange {} is a tunnel; replay what went through it': '交換 {} 是隧道；請重送其中的內容',
  'exchange {} is a WebSocket, which needs a client that stays': '交換 {} 是 WebSocket，需要持續連線的用戶端',
  'exchange {} cannot be sent again as it was: {}; raise capture.bodies, or edit it and give a body':
    '交換 {} 無法原樣重送：{*}；請提高 capture.bodies，或編輯並提供主體',
  'only {} of the {} bytes of its body were kept': '只保留了主體 {2} 位元組中的 {1} 位元組',
  '{}:// cannot be sent; use http:// or https://': '無法送出 {}://；請用 http:// 或 https://',
  '{} is neither http:// or https:// nor a host with its port': '{} 既不是 http:// 或 https://，也不是主機加連接埠',
  'the URL names no host; write http://HOST:PORT/PATH': '網址沒有主機；請寫成 http://HOST:PORT/PATH',
};

/** Saved recordings, HAR files and descriptor sets. */
const FILES: EngineTexts = {
  'it has no log.entries: it is no HAR': '它沒有 log.entries：不是 HAR',
  'there is no exchange in this file that can be read': '這個檔案中沒有可讀取的交換',
  'it was made by another version (format {})': '它由另一個版本產生（格式 {}）',
  'it was still going on when the recording was made': '製作記錄時它仍在進行',
  'it was still going on when the recording was saved': '儲存記錄時它仍在進行',
  'what was recorded of it on disk is broken': '磁碟上的記錄已損毀',
  'another filter of the same viewer took its place': '已由同一檢視的另一個篩選取代',
  'view {} is gone; ask again with its filter': '檢視 {} 已不存在；請以篩選重新查詢',
  'a piece has at most 4 MiB': '每一段最多 4 MiB',
  'a recording needs a name': '記錄需要名稱',
  'expected the id of a recording, as recordings.list tells it': '應為記錄的 id，如 recordings.list 所列',
  'it has {} bytes, at most {} can be kept; make one of fewer files':
    '它有 {} 位元組，最多可保留 {}；請用較少的檔案製作',
  'it describes no message; is it a FileDescriptorSet of protoc?':
    '它沒有描述任何訊息；它是 protoc 的 FileDescriptorSet 嗎？',
  'it cannot be read as a FileDescriptorSet ({}); {}': '無法以 FileDescriptorSet 讀取（{}）；{*}',
  'make it with protoc --include_imports': '請以 protoc --include_imports 產生',
  'make it with protoc --descriptor_set_out': '請以 protoc --descriptor_set_out 產生',
};

/** Changes of the config that come too late, or cannot be written. */
const CHANGES: EngineTexts = {
  '{} is no URL of a backend; expected one such as {}': '{} 不是後端網址；應類似 {}',
  'the backends of {} are discovered; the config has no line for this': '{} 的後端由探索得來；設定檔中沒有對應的內容',
  '{} was changed by somebody else: {}': '{} 已被其他人變更：{*}',
  '{} was changed meanwhile; nothing was changed': '{} 在此期間已變更；沒有任何變更',
  'it was {} when you began, and is {} now': '你開始時是 {*}，現在是 {*}',
  '{} comes from an anchor; take it out there, or give it another value here':
    '{} 來自錨點（anchor）；請在那裡移除，或在這裡給它另一個值',
  '{} has an anchor (&) that others take; write out there (*) what they take from it first':
    '{} 有其他地方引用的錨點（&）；請先把那些地方（*）引用的內容寫出來',
  'the config is not made of {}': '設定檔不包含 {}',
  'the config': '設定檔',
  '{} stands in another document than {}': '{} 與 {*} 不在同一份文件中',
  'cannot change {}: {}': '無法變更 {}：{*}',
  '{} was changed alone, as {} could not be written: {}': '只變更了 {}，因為無法寫入 {}：{*}',
  'the change runs, but {} could not be written: {}': '變更已生效，但無法寫入 {}：{*}',
  'somebody else changed it in the meantime; look, and try again': '其他人在此期間變更了它；請查看後再試',
  'the database was never reached': '從未連上資料庫',
  'not read yet': '尚未讀取',
  '{}; its last good copy runs, and it is tried again': '{*}；目前執行最後一份正確的副本，並會重試',
  '{} runs, but no copy could be kept for when its database is away: {}':
    '{} 正在執行，但無法為其資料庫離線時保留副本：{*}',
  '{}; its last good copy stays': '{*}；保留最後一份正確的副本',
  'the watch has had its time': '監看時間已到',
  'the watch was cancelled': '監看已取消',
  'the connection was closed': '連線已關閉',
  'etcd answered {}: {}': 'etcd 回應 {}：{}',
  'etcd refused the user {} ({})': 'etcd 拒絕使用者 {}（{}）',
};

/** Why a command was refused, or failed. */
export const zhTwCommandTexts: EngineTexts = { ...MISSING, ...REFUSED, ...SENDING, ...FILES, ...CHANGES };

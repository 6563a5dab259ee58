import { formatCount } from '../../format/quantities.ts';
import type { Messages } from '../en.ts';

export const zhTwRecordings: Messages['recordings'] = {
  titles: { list: '已儲存的記錄', save: '儲存目前的記錄', compare: '比較記錄' },
  button: '已儲存的記錄',
  name: '名稱',
  namePlaceholder: '快取變更之前',
  saveHint: '連同所有標頭與主體保存在這台機器上，直到你刪除為止。',
  onlyFiltered: (total, filter) => `只儲存篩選後的 ${formatCount(total)} 筆：${filter}`,
  willSave: (count) => `${count} 筆交換`,
  saved: (name, count) => `已儲存「${name}」：${formatCount(count)} 筆交換`,
  saveNow: '儲存目前的記錄…',
  import: '開啟檔案…',
  imported: (name, count, unreadable) =>
    `已加入「${name}」：${formatCount(count)} 筆交換${unreadable === '' ? '' : `；檔案中有 ${unreadable} 無法讀取`}`,
  emptyTitle: '沒有已儲存的記錄',
  emptyText: '把目前的記錄存下來，之後可以再看、和下一次執行比較，或交給別人。',
  unreadable: (folder, why) => `無法讀取 ${folder}：${why}`,
  facts: (count, size, when) => `${count} 筆交換 · ${size} · ${when}`,
  filtered: '已篩選',
  redacted: '已遮蔽',
  open: '開啟',
  isOpen: '已開啟',
  more: (name) => `${name} 的更多動作`,
  compare: '比較…',
  compareWithNow: '與目前的記錄比較',
  rename: '重新命名',
  deleteForGood: '永久刪除',
  export: '另存檔案（遮蔽機密）',
  exportWhole: '另存檔案（含機密）',
  exportedRedacted: (headers) =>
    headers.length === 0 ? '已存成檔案；沒有需要遮蔽的內容' : `已存成檔案；已遮蔽：${headers.join('、')}`,
  exportedWhole: '已存成檔案，其中可能含有密碼與工作階段。',
  now: '目前的記錄',
  before: '之前',
  after: '之後',
  became: '變為',
  back: '所有記錄',
  all: '所有請求',
  nothingToCompare: '沒有可比較的內容',
  nothingToCompareText: '兩份記錄都沒有交換。',
  moreKinds: (count) => `另有 ${formatCount(count)} 類請求的差異較小。`,
  column: { requests: '請求', count: '次數', failed: '失敗' },
  changes: { better: '變好', worse: '變差' },
  openText: (count, when) => `已儲存的記錄：${count} 筆交換，儲存於 ${when}。僅供檢視。`,
  backToNow: '回到目前的記錄',
  readOnly: '目前開啟的是已儲存的記錄，只能檢視。請先回到目前的記錄。',
  notKept: (exchanges, bodies) =>
    [
      exchanges > 0 ? `有 ${formatCount(exchanges)} 筆交換未保留` : '',
      bodies > 0 ? `有 ${formatCount(bodies)} 筆交換的主體未完整保留` : '',
    ]
      .filter(Boolean)
      .join('；'),
};

import { formatCount } from '../../format/quantities.ts';
import type { Messages } from '../en.ts';

/** Texts of what is done with recorded exchanges. */
export const zhTwWorkbench: Pick<
  Messages,
  'marks' | 'selection' | 'copyAs' | 'tree' | 'columns' | 'filters' | 'compare'
> = {
  marks: {
    title: (count) => (count === 1 ? '標記這筆交換' : `標記 ${formatCount(count)} 筆交換`),
    edit: '顏色、備註、釘選',
    note: '備註',
    color: '顏色',
    noColor: '無',
    colors: { red: '紅', amber: '琥珀', green: '綠', blue: '藍', purple: '紫', gray: '灰' },
    pinnedCount: (count) => `已釘選 ${formatCount(count)} 筆`,
    pinned: '釘選：不會被較新的交換擠掉',
  },
  selection: {
    label: '選取的交換',
    count: (count, isFull) => `已選取 ${formatCount(count)} 筆${isFull ? '，一次最多這麼多' : ''}`,
    mark: '標記…',
    compare: '比較',
    compareNeeds: '選取兩筆交換來比較',
    clear: '只選一筆',
  },
  copyAs: {
    menu: '複製為',
    copied: (count, target) =>
      count === 1 ? `已複製為 ${target}` : `已將 ${formatCount(count)} 筆請求複製為 ${target}`,
    redacted: (names) => `依 capture.redact 的設定，已在複製內容中遮蔽：${names.join('、')}`,
    leftOut: {
      'not kept': '有主體未複製：它沒有完整保留。',
      'too long': '有主體未複製：它超過 1 MiB。',
      'not sent by it': '有主體未複製：這種形式無法送出它。',
    },
    onlyFirst: (count) => `只複製了前 ${count} 筆。`,
  },
  tree: {
    label: '主機與路徑',
    title: '主機',
    empty: '沒有符合篩選的記錄。',
    rest: (names) => `還有 ${formatCount(names)} 個`,
    leave: (place) => `列出全部，不只 ${place}`,
    resize: '調整樹狀檢視的大小',
  },
  columns: {
    hint: '在清單中拖曳欄位名稱，或在這裡用 Alt ↑ ↓。清單太窄時，放不下的欄位不顯示。',
    shown: '顯示的欄位',
    earlier: (name) => `${name}往前一位`,
    later: (name) => `${name}往後一位`,
    reset: '恢復原樣',
  },
  filters: {
    menu: '已存的篩選',
    title: '已存的篩選',
    name: '這個篩選的名稱',
    noFilter: '先輸入篩選，就能在這裡儲存。',
    none: '還沒有儲存任何篩選。',
    remove: (name) => `移除${name}`,
    manage: '儲存或移除…',
    findInBodies: '在主體中尋找',
    findText: (text) => `在主體中尋找「${text}」`,
    searching: '搜尋中…',
    presets: {
      failed: '失敗',
      retried: '多次嘗試',
      slow: '超過一秒',
      pinned: '已釘選',
      marked: '已標記',
      websocket: 'WebSocket',
      grpc: 'gRPC',
      sse: '伺服器推送事件',
    },
  },
  compare: {
    title: (a, b) => `比較 #${a} 與 #${b}`,
    label: '差異',
    facts: '兩筆交換',
    requestHead: '請求標頭',
    requestBody: '請求主體',
    responseHead: '回應標頭',
    responseBody: '回應主體',
    same: '相同',
    sameBytes: (size) => `同樣的 ${size}。`,
    binaryDiffers: (a, b) => `內容不是文字且不同：${a} 與 ${b}。`,
    partial: (size) => `只比較保留的部分，最多前 ${size}。`,
    equalLines: (count) => `${formatCount(count)} 行相同`,
    longLine: (count) => `… 還有 ${formatCount(count)} 個字元`,
    moreLines: (count) => `還有 ${formatCount(count)} 行`,
  },
};

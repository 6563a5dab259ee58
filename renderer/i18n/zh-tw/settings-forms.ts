import type { enSettingsForms } from '../en/settings-forms.ts';

export const zhTwSettingsForms: typeof enSettingsForms = {
  listenerForm: {
    add: '新增監聽器',
    edit: (name) => `編輯 ${name}`,
    editShort: '編輯',
    remove: '刪除監聽器',
    cancel: '取消',
    name: '名稱',
    nameMissing: '監聽器需要名稱',
    nameTaken: '已有同名的監聽器',
    address: '位址',
    mode: '模式',
    reverse: '反向',
    reverseHint: '由路由決定請求的去向',
    forward: '正向',
    forwardHint: '供瀏覽器與程式使用的代理：HTTP、CONNECT 與 SOCKS5 共用一個連接埠',
    intercept: '解開 TLS 的對象',
    interceptHint: '一個條件，例如 host = api.example.test。不符合的主機只轉送，內容不可見。',
    localTls: 'TLS，使用本機憑證授權單位的憑證',
    remote: '允許其他機器連線',
  },
  captureForm: {
    revert: '還原',
    field: {
      exchanges: '保留的交換數',
      disk: '磁碟用量上限',
      age: '保留時間',
      bodies: '每個主體保留的大小',
      redact: '匯出時遮蔽',
    },
    hint: {
      exchanges: '最舊的先移除。',
      disk: '最舊的先移除。',
      age: '時間長度，例如 12h；留空則空間足夠時一直保留。',
      bodies: '較長的主體仍完整通過，其餘部分不顯示。',
      redact: '標頭名稱。匯出的 HAR、複製的指令與儲存的記錄都不含其值。',
    },
  },
};

import type { Messages } from '../en.ts';

/** Texts of the first run. */
export const zhTwFirstRun: Messages['firstRun'] = {
  title: '送出第一個請求',
  text: '貼到終端機執行，交換會立刻出現在這裡。',
  noListeners: '建立第一個集區',
  noListenersText: '你的後端在哪裡監聽？Switchyard 會為它們建立監聽器、集區與路由。',
  urls: '後端網址，每行一個',
  picked: '已選取',
  address: '監聽位址',
  create: '建立',
  demo: '看看示範',
  demoHint: '三個後端與一些流量。在你做任何變更之前，設定檔維持原樣。',
  copyCommand: '複製指令',
  urlsMissing: '請至少提供一個網址，例如 http://127.0.0.1:3001',
};

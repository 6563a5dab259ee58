import type { Messages } from '../en.ts';

/** Texts of a window without an engine. */
export const zhTwConnection: Messages['connection'] = {
  short: { connecting: '連線中…', lost: '引擎未連線', stopped: '引擎未連線', refused: '未獲授權' },
  lost: '無法連線到引擎，正在重試。',
  lostDesktop: '引擎已停止，正在重新啟動；已記錄的內容都會保留。',
  lostTemporary: '引擎已停止，正在重新啟動；先前的記錄只在引擎執行期間保留，因此已經不在。',
  stopped: '引擎已停止，不會再自動啟動。請用「File」選單的「Restart engine」啟動它。',
  because: (why) => `原因：${why}`,
  noToken: '此頁面沒有權杖，引擎不讓它連線。',
  refused: '此頁面的權杖已失效：目前在此執行的引擎使用另一個權杖。',
  whatToDo: '請開啟引擎啟動時印出的網址，或在此貼上該網址或其中的權杖：',
  given: '網址或權杖',
  connect: '連線',
  refusedToo: '這也不是它的權杖。',
  lostTitle: '無法連線到引擎',
  lostText: '在引擎重新執行之前，不會送出或記錄任何內容。之後此頁面會自行繼續。',
  lostElsewhere: '若引擎改用其他位址或權杖執行，請開啟它印出的網址。',
  refusedTitle: '引擎不讓此頁面連線',
  refusedText: '頁面取得權杖後，就會顯示引擎記錄的內容。',
};

import type { EngineTexts } from '../engine-text.ts';

/** What HAProxy does in another way, or does not have. */
export const zhTwExportHaproxy: EngineTexts = {
  'HAProxy does not answer with {}': 'HAProxy 不能以 {} 回應',
  'a head fits a buffer (16 KiB, tune.bufsize), and has at most 101 lines (tune.http.maxhdr)':
    '標頭須放得進一個緩衝區（16 KiB，tune.bufsize），且最多 101 行（tune.http.maxhdr）',
  'HAProxy looks for the key in {}.key, or in the same file as the certificate':
    'HAProxy 在 {}.key 或憑證所在的同一個檔案中尋找金鑰',
  'HAProxy looks for it in {}.key, or in the same file as the certificate':
    'HAProxy 在 {}.key 或憑證所在的同一個檔案中尋找它',
  'other characters of the name than letters, digits and . : _ - are one _':
    '名稱中字母、數字與 . : _ - 以外的字元會變成一個 _',
  'without retry-after, with another text': '沒有 retry-after，內容文字不同',
  'HAProxy tracks three limits at most': 'HAProxy 最多追蹤三個限流',
  'counted over a sliding {}, the burst at once instead of spread': '以滑動的 {} 計算，突發量一次放行而不分散',
  'another ring: most keys move to other backends once; small weights scatter':
    '雜湊環不同：大多數的鍵會移到其他後端一次；小權重會分散',
  'the same shares in another order': '占比相同，但順序不同',
  'leastconn counts queued requests too': 'leastconn 也計入排隊的請求',
  'leastconn: latency does not count': 'leastconn：不計延遲',
  'by points on a ring: small weights scatter': '依環上的點：小權重的占比會有偏差',
  'of backends without a request, each is the least, whatever its weight': '沒有請求的後端都算最少，不論權重',
  'HTTP/2 of clients': '用戶端的 HTTP/2',
  'where a backend ends without an answer, HAProxy refuses the stream instead of a 502: clients try again, POST, too':
    '後端沒有回應就結束時，HAProxy 會拒絕該串流而不是回應 502：用戶端會重試，POST 也是',
  'the next backend is also used when the first has no free connection': '第一個後端沒有空閒連線時，也會用下一個',
  'HAProxy has one `timeout server`: the longer': 'HAProxy 只有一個 `timeout server`：取較長的',
  'empty-response: before the first byte of the answer': 'empty-response：在回應的第一個位元組之前',
  "HAProxy's cookies are for /": 'HAProxy 的 Cookie 路徑為 /',
  'HAProxy gives a check no longer than its interval, {}: a slower one fails':
    'HAProxy 的檢查最多等待其間隔 {}：較慢的檢查會失敗',
  'HAProxy has none: whether a connection opens': 'HAProxy 沒有：只檢查能否建立連線',
  'looked for in the part of the body that fits a buffer': '只在放得進緩衝區的那部分主體中尋找',
  'HAProxy finds it among the names of a certificate only, not among its addresses, else it answers 503: set tls.serverName':
    'HAProxy 只在憑證的名稱中尋找，不看憑證中的位址，找不到就回應 503：請設定 tls.serverName',
  'HAProxy looks a name up when it starts only, and takes one address of it (127.0.0.1 for localhost); one that nobody knows is down':
    'HAProxy 只在啟動時查詢名稱，且只取其中一個位址（localhost 取 127.0.0.1）；查不到的後端視為失效',
  'HAProxy sends no header without a value': 'HAProxy 不送出沒有值的標頭',
  'HAProxy asks all of them with that of the first': 'HAProxy 對所有後端都用第一個後端的',
  'HAProxy sets it before it picks: that of the first backend': 'HAProxy 在選定之前就設定：用第一個後端的',
  'HAProxy waits a second before it tries the same backend again, has no budget, and replays what fits a buffer (16 KiB)':
    'HAProxy 重試同一個後端前會等一秒，沒有預算，且只重送放得進緩衝區的內容（16 KiB）',
  'further requests wait in a queue, and get 502 after the time of timeouts.connect':
    '其餘請求會在佇列中等候，超過 timeouts.connect 的時間後得到 502',
  'HAProxy bounds connections of a server, not of a backend': 'HAProxy 限制的是 server 的連線，不是 backend 的',
  'a backend comes back by its checks, not after a time; all of a pool may be out':
    '後端依檢查結果恢復，而不是時間到就恢復；集區可能全部被移出',
  'do not count': '不生效',
  'looked up at start; add a `resolvers` section to follow changes': '啟動時查詢；加上 `resolvers` 區段才會跟隨變更',
  'HAProxy keeps {} groups of a pattern': 'HAProxy 只保留樣式的 {} 個群組',
  'HAProxy replaces some empty matches twice': 'HAProxy 會把某些空比對取代兩次',
  'HAProxy puts texts and groups into a replacement, no variables': 'HAProxy 的取代內容可用文字與群組，不可用變數',
  'HAProxy adds cache-control: no-cache': 'HAProxy 會加上 cache-control: no-cache',
  'silent-drop: the connection is forgotten at once': 'silent-drop：立即遺忘該連線',
  'HAProxy takes one value as a key, not a text of several': 'HAProxy 只接受一個值作為鍵，不接受多個值組成的文字',
  'a brace alone has no spelling in HAProxy': '單獨的大括號在 HAProxy 中沒有寫法',
  'a file as the body': '以檔案作為主體',
  'HAProxy says {}: browsers save it': 'HAProxy 標為 {}：瀏覽器會將其存檔',
  'buffers of {} KiB': '{} KiB 的緩衝區',
  'a long text of a rule or an answer has to fit one; each connection of HAProxy needs more memory':
    '規則或回應的長文字必須放得進一個緩衝區；HAProxy 的每個連線會用更多記憶體',
  'a NUL has no spelling in HAProxy': 'NUL 字元在 HAProxy 中沒有寫法',
  'HAProxy has to keep it in a buffer; of more than 128 KiB, every connection would need too much':
    'HAProxy 必須把它放在緩衝區中；超過 128 KiB 時，每個連線會用掉太多記憶體',
  'connect {}': '連線 {}',
  'when it is over, HAProxy answers 502, Switchyard 504': '逾時後 HAProxy 回應 502，Switchyard 回應 504',
  'a backend to which one connection fails is out until a connection opens again: only then HAProxy uses them':
    '後端只要有一次連線失敗就會移出，直到能再次連線為止：HAProxy 只在這時才使用它們',
  'headers that Connection names': 'Connection 所列的標頭',
  'HAProxy passes them on; conditions do not see Connection itself':
    'HAProxy 會把它們傳下去；條件看不到 Connection 本身',
  'an unusual Host': '不尋常的 Host',
  'HAProxy answers 400 where the request line names another host, makes none up for HTTP/1.0, and takes the usual port away from one that the request line names, too':
    '請求行指定其他主機時 HAProxy 回應 400；HTTP/1.0 沒有 Host 時不會補上；請求行也指定主機時會去掉預設的連接埠',
  'HAProxy asks for addresses; SRV records need `resolvers`': 'HAProxy 查詢位址；SRV 紀錄需要 `resolvers`',
  'HAProxy leaves out the content-type, and the body where a rule changes the status':
    'HAProxy 會省略 content-type；有規則改變狀態時也沒有本文',
  'an empty Host': '空的 Host',
  'it does not leave that of the request: the backend gets none, or its own':
    '不會保留請求的 Host：後端收到空的或自己的 Host',
  'of each line, HAProxy replaces the first match': 'HAProxy 只取代每一行的第一個符合處',
  'its values differ, so that clients are spread anew once; backends neither see it nor set one of that name':
    '它的值不同，因此用戶端會重新分配一次；後端看不到它，也不能設定同名的 Cookie',
  'HAProxy answers 400 to a target that is not ASCII and to a head that is too long, 413 to a body of GET and DELETE by HTTP/1.0, passes on GET *, and HTTP/1.0 as such':
    'HAProxy 以 400 回應非 ASCII 的目標與過長的標頭，以 413 回應 HTTP/1.0 帶主體的 GET 與 DELETE，會轉送 GET *，並以 HTTP/1.0 轉送 HTTP/1.0 的請求',
  'HAProxy has pages of its own, in HTML, and another text where no route holds':
    'HAProxy 使用自己的 HTML 頁面，沒有符合的路由時文字也不同',
  'HAProxy looks at one that it makes of a few, and answers 400 to more':
    'HAProxy 會把少數幾行合併成一行來看，行數更多時回應 400',
  "of a chain of more than {}, the address of one is taken for the client's":
    '代理鏈超過 {} 個時，會把其中一個的位址當成用戶端的位址',
  'HAProxy does not start without it, nor where it is longer than a buffer (16 KiB, tune.bufsize)':
    '沒有這個檔案，或檔案比緩衝區（16 KiB，tune.bufsize）長時，HAProxy 無法啟動',
};

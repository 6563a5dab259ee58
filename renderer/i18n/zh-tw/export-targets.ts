import type { EngineTexts } from '../engine-text.ts';
import { zhTwExportCaddy } from './export-caddy.ts';
import { zhTwExportEnvoy } from './export-envoy.ts';
import { zhTwExportHaproxy } from './export-haproxy.ts';
import { zhTwExportListeners } from './export-listeners.ts';
import { zhTwExportTraefik } from './export-traefik.ts';

const NGINX: EngineTexts = {
  '{} can only be compared with =': '{} 只能用 = 比較',
  'nginx takes an empty {} for none': 'nginx 把空的 {} 視為沒有',
  '{} would have to be percent-encoded': '{} 必須先做百分號編碼',
  "nginx passes on the backend's {}, or writes its own": 'nginx 會轉送後端的 {}，或寫入自己的',
  'nginx passes on the Host line alone: not the host of a request line that names one, and none where HTTP/1.0 has none':
    'nginx 只轉送 Host 標頭：請求行自帶的主機不算，HTTP/1.0 沒有 Host 時也不補上',
  'nginx writes `server: nginx` into its own answers, and into those of backends that have none':
    'nginx 會在自己的回應，以及沒有 server 的後端回應中寫入 `server: nginx`',
  'in error pages of nginx itself the one that is there stays as it is, and a second one is added':
    'nginx 自己的錯誤頁面中，原有的那一個保持不變，並另外加上一個',
  'in error pages of nginx itself the one that is there stays as it is': 'nginx 自己的錯誤頁面中，原有的那一個保持不變',
  'nginx takes at most {} bytes of a pattern or of a text to compare with':
    'nginx 的樣式或用來比對的文字最多 {} 位元組',
  'version {}': '版本 {}',
  'the file is made as for {}, the oldest that is known here; it may be refused':
    '檔案是依這裡所知最舊的 {} 版產生，可能會被拒絕',
  hosts: '主機名稱',
  'error pages': '錯誤頁面',
  'nginx has pages of its own, in HTML, and another text where no route holds':
    'nginx 使用自己的 HTML 頁面，沒有符合的路由時文字也不同',
  'nginx answers 405 to TRACE, and 400 to a head that is too long, a method in lower case and two lines of Authorization':
    'nginx 對 TRACE 回應 405，對過長的標頭、小寫的方法與兩行 Authorization 回應 400',
  'nginx takes HTTP/1.2, a line without a colon and an unknown Expect, which Switchyard refuses':
    'nginx 接受 HTTP/1.2、沒有冒號的行與未知的 Expect，Switchyard 會拒絕',
  'nginx passes on what Connection names, and neither TE, Expect nor trailers':
    'nginx 會轉送 Connection 所指名的標頭，但不轉送 TE、Expect 與尾端標頭',
  'of several lines that a client sends only the first goes on (before nginx 1.23)':
    '用戶端送出的多行中只有第一行會轉送（nginx 1.23 之前）',
  'nginx takes a name with _ for the same with -, and the other way round': 'nginx 不分名稱中的 _ 與 -',
  'nginx takes away a dot at the end': 'nginx 會去掉結尾的點',
  'nginx writes its own': 'nginx 會寫入自己的',
  'the colons of an IPv6 address are not percent-encoded': 'IPv6 位址的冒號未做百分號編碼',
  'nginx has one Host for a pool: that of the first backend': 'nginx 每個集區只有一個 Host：第一個後端的',
  "nginx's $request_id: 32 hexadecimal digits": 'nginx 的 $request_id：32 個十六進位數字',
  "nginx's $request_id: 32 hexadecimal digits, one a request": 'nginx 的 $request_id：32 個十六進位數字，每個請求一個',
  "nginx's $request_id, not a number": 'nginx 的 $request_id，不是數字',
  'the copy is as the client sent it, before rules': '複本為用戶端送出的原樣，未經規則處理',
  'nginx answers 502, Switchyard 503': 'nginx 回應 502，Switchyard 回應 503',
  "nginx's ketama ring: keys move to other backends": 'nginx 的 ketama 雜湊環：鍵會移到其他後端',
  'the first backend, the others as backups in turn': '第一個後端，其餘依序作為備援',
  'least_time: another average': 'least_time：平均方式不同',
  'least_conn: latency does not count (least_time: 1.31.0)': 'least_conn：不計延遲（least_time：1.31.0）',
  'an nginx upstream is http or https as a whole': 'nginx 的 upstream 整個只能是 http 或 https',
  'nginx has no backups with {}': 'nginx 使用 {*} 時沒有備援',
  'there is no backend that nginx could use': '沒有 nginx 能使用的後端',
  'nginx before 1.29.6 knows `down` only: sticky clients lose it too':
    'nginx 1.29.6 之前只認得 `down`：黏性的用戶端也會失去它',
  'nginx has sticky cookies from 1.29.6 on': 'nginx 從 1.29.6 起才有黏性 Cookie',
  "nginx's cookie values differ: clients are spread anew once": 'nginx 的 Cookie 值不同：用戶端會重新分配一次',
  'active checks are not in open-source nginx': '開源版 nginx 沒有主動檢查',
  'open-source nginx has none': '開源版 nginx 沒有這項功能',
  'max_fails counts failures within fail_timeout, which is also how long a backend is out; no growth, no share that stays':
    'max_fails 計算 fail_timeout 內的失敗，這也是後端被移出的時間；不會逐次加長，也不保留最低比例',
  'nginx retries at once, without a budget, and no request with a body once it has begun to send it':
    'nginx 立即重試，沒有預算；開始送出主體之後，帶主體的請求不再重試',
  'nginx asks for addresses instead of SRV records': 'nginx 查詢位址，而非 SRV 紀錄',
  'nginx does not tell connect from reset': 'nginx 不區分 connect 與 reset',
  'open-source nginx has no queue': '開源版 nginx 沒有佇列',
  'when all are full nginx answers 502': '全部滿載時 nginx 回應 502',
  'maxTime and maxPercent do not count': 'maxTime 與 maxPercent 不生效',
  'share of {}': '{} 的占比',
  'nginx knows hundredths of a percent: it gets nothing': 'nginx 只算到百分之一的百分點：它分不到任何請求',
  'nginx looks it up when it starts (with `resolve` and a resolver: 1.27.3)':
    'nginx 在啟動時查詢（搭配 `resolve` 與 resolver：1.27.3）',
  'a connection that is refused is retried, one that times out is not': '連線被拒會重試，連線逾時則不會',
  'nginx has one proxy_read_timeout: the longer, {}': 'nginx 只有一個 proxy_read_timeout：取較長的 {}',
  'nginx has one name for a pool: the first': 'nginx 每個集區只有一個名稱：第一個',
  'nginx finds it among the names of a certificate only, not among its addresses, else it answers 502: set tls.serverName':
    'nginx 只在憑證的名稱中尋找，不看憑證中的位址，找不到就回應 502：請設定 tls.serverName',
  'nginx looks a name up when it starts only, and does not start where nobody knows it; each of its addresses counts as a backend':
    'nginx 只在啟動時查詢名稱，查不到就無法啟動；名稱的每個位址都算一個後端',
  'nginx closes one that is silent for {}': 'nginx 會關閉閒置達 {} 的連線',
  'nginx answers 400 where the certificate is missing or wrong, instead of ending the handshake':
    '憑證缺少或不正確時，nginx 回應 400，而不是中止交握',
  'nginx answers 400 to a certificate that is out of date': '憑證過期時 nginx 回應 400',
  'nginx needs a file: {}': 'nginx 需要一個檔案：{}',
  'nginx proxies with HTTP/2 from 1.29.4 on; HTTP/1.1 instead': 'nginx 從 1.29.4 起才能以 HTTP/2 代理；改用 HTTP/1.1',
  'nginx answers 400 to *, and to one with a % that begins no escape, with an encoded zero byte, or with more .. than segments':
    'nginx 以 400 回應 *，以及 % 不構成跳脫、含有編碼的零位元組，或 .. 多於路徑層數的請求',
  'nginx has no variable for the name {}': 'nginx 沒有對應名稱 {} 的變數',
  'of several lines of one response, {}, also where the rule does not hold':
    '同一個回應有多行時，{*}，規則不成立時也一樣',
  'nginx makes one with commas': 'nginx 會以逗號合併成一行',
  'only the first stays (before nginx 1.23)': '只保留第一行（nginx 1.23 之前）',
  "the backend's goes; nginx writes its own, which only other builds leave out":
    '後端的會移除；nginx 會寫上自己的，只有其他組建才會省略',
  "X-Forwarded-For gets the client's address once more instead of the proxy's":
    'X-Forwarded-For 會再加一次用戶端的位址，而不是代理的位址',
  'nginx limits what goes to a pool only: `return` comes before limit_req':
    'nginx 只對進入集區的請求限流：`return` 先於 limit_req 執行',
  'without retry-after, with a page of nginx': '沒有 retry-after，內容為 nginx 的頁面',
  'the name in letters, digits and underscores': '名稱只用字母、數字與底線',
  'nginx replaces the first match only': 'nginx 只取代第一個相符處',
  'nginx joins it to the line that is there, with a comma': 'nginx 會以逗號接在現有的那一行之後',
  'a server has one limit_req_status; the first one counts': '一個 server 只有一個 limit_req_status；以第一個為準',
  'nginx has no count of headers and, in a server, none of connections':
    'nginx 不限制標頭數量，在 server 中也不限制連線數',
  'nginx before 1.25.1 cannot speak both on one port; HTTP/1.1 only':
    'nginx 1.25.1 之前無法在同一個連接埠使用兩者；只用 HTTP/1.1',
  'nginx chooses by server_name: copy the server for each': 'nginx 依 server_name 選擇：請為每張憑證複製一份 server',
};

/** What one target does in another way, or does not have. */
export const zhTwExportTargets: EngineTexts = {
  ...zhTwExportCaddy,
  ...zhTwExportEnvoy,
  ...zhTwExportHaproxy,
  ...zhTwExportListeners,
  ...NGINX,
  ...zhTwExportTraefik,
  'a dollar in the name of a file has no spelling in nginx': '檔名中的錢字號在 nginx 中無法寫出',
  '$method in its headers, and rules on the response, see GET; 404 where it is not there':
    '其標頭中的 $method 與回應規則看到的是 GET；檔案不存在時為 404',
};

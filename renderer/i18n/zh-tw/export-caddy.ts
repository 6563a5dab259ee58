import type { EngineTexts } from '../engine-text.ts';

/** What Caddy does in another way, or does not have. */
export const zhTwExportCaddy: EngineTexts = {
  'Caddy compares the decoded path, and joins several lines of one header':
    'Caddy 比對解碼後的路徑，並合併同一標頭的多行',
  'Caddy reads them from 2.7 on, in the options of a server': 'Caddy 從 2.7 起才在伺服器選項中讀取',
  'Caddy reads it with a listener wrapper from 2.7 on': 'Caddy 從 2.7 起才能以 listener wrapper 讀取',
  'Caddy escapes what a URL may not have (not ASCII, quotation marks, braces, | and ^), and answers 400 to one with a % that begins no escape':
    'Caddy 會跳脫網址中不允許的字元（非 ASCII、引號、大括號、| 與 ^），並以 400 回應 % 不構成跳脫的路徑',
  'done twice where an interim answer comes first, such as 100 to a request with Expect':
    '先有臨時回應時（例如以 100 回應帶有 Expect 的請求）會執行兩次',
  'Caddy bounds a head in bytes only': 'Caddy 只限制標頭的位元組數',
  'there is no backend that Caddy could use': '沒有 Caddy 能使用的後端',
  'Caddy has backups for a single backend only (policy first)': 'Caddy 只有單一後端能有備援（策略 first）',
  'a backend is listed as often as its weight says: the same shares, in runs': '依權重重複列出後端：占比相同，但會連續',
  'Caddy has them from 2.7 on, for round_robin; all count the same':
    'Caddy 從 2.7 起才支援，且只限 round_robin；一律視為相同',
  "Caddy's cookie policy takes the place of {}; new clients are spread at random":
    'Caddy 的 Cookie 策略取代 {*}；新的用戶端會隨機分配',
  'least_conn: latency does not count': 'least_conn：不計延遲',
  'rendezvous hashing: keys move to other backends, and shares are even for many backends at best':
    'rendezvous 雜湊：鍵會移到其他後端，後端夠多時占比才會平均',
  'Caddy hashes without weights': 'Caddy 的雜湊不看權重',
  'Caddy hashes by a parameter from 2.7 on': 'Caddy 從 2.7 起才能依參數雜湊',
  'Caddy retries by the response from 2.11.3 on': 'Caddy 從 2.11.3 起才能依回應重試',
  'add an lb_retry_match with a CEL expression by hand': '請自行加上以 CEL 運算式撰寫的 lb_retry_match',
  'what could not connect is tried again, POST, PUT and PATCH with a body from Caddy 2.11.2 on; after other failures GET only; maybe on the same backend':
    '無法連線時會重試，有主體的 POST、PUT 與 PATCH 則從 Caddy 2.11.2 起；其他失敗只重試 GET；可能仍在同一個後端',
  'Caddy counts requests, and answers 503 when all have so many': 'Caddy 計算的是請求數，全部達到時回應 503',
  'a backend to which one connection fails is out for {}: only then Caddy uses them, the first one that is up':
    '後端只要有一次連線失敗就會移出 {}：Caddy 只在這時才使用它們，且只用第一個可用的',
  'attributes of the cookie': 'Cookie 的屬性',
  'Caddy writes Path=/, without Max-Age, HttpOnly and SameSite':
    'Caddy 寫入 Path=/，沒有 Max-Age、HttpOnly 與 SameSite',
  'X-Forwarded-For, -Proto and -Host of a client': '用戶端的 X-Forwarded-For、-Proto 與 -Host',
  'Caddy writes its own, and these are taken out: they do not go on as they came':
    'Caddy 會寫入自己的，再將其移除：用戶端的不會照原樣傳下去',
  'headers of the connection': '連線的標頭',
  'Caddy takes Proxy-Authorization and trailers out of requests, and content-type out of answers with 304':
    'Caddy 會移除請求的 Proxy-Authorization 與 trailer，以及 304 回應的 content-type',
  patterns: '樣式',
  'Caddy sees letters of UTF-8 where Switchyard sees the bytes of a header':
    'Switchyard 看到的是標頭的位元組，Caddy 看到的是 UTF-8 的字母',
  'Caddy checks with HTTP only': 'Caddy 只能用 HTTP 檢查',
  'Caddy counts from 2.8 on; one probe flips': 'Caddy 從 2.8 起才會計數；一次探測就會改變狀態',
  'Caddy takes one status or class: {}': 'Caddy 只接受一個狀態或一類：{}',
  'Caddy has rate limits in a plugin only': 'Caddy 只有外掛才有限流',
  'Caddy has `method` from 2.7 on': 'Caddy 從 2.7 起才有 `method`',
  'Caddy answers 421 where Host is not the name that the handshake asked for':
    'Host 與交握所要求的名稱不同時，Caddy 回應 421',
  'Caddy takes a star at the start and the end of a name only': 'Caddy 只接受名稱開頭與結尾的星號',
  'Caddy names itself in a line before the one of the backend': 'Caddy 會在後端的那一行之前加上自己的名稱',
  'Caddy names itself in the Via of answers of backends': 'Caddy 會在後端回應的 Via 中加上自己的名稱',
  'Caddy adds itself, from 2.10 on': 'Caddy 從 2.10 起會加上自己',
  'Caddy takes those with an underscore or a dot out of requests': 'Caddy 會移除請求中名稱帶有底線或句點的標頭',
  'Caddy puts all of them in the order of their names, and encodes them anew':
    'Caddy 會將所有參數依名稱排序，並重新編碼',
  'no spelling for the parameter {}': '參數 {} 在此沒有寫法',
  'a dollar in the value of a variable begins a group': '變數值中的錢字號會被當成群組的開頭',
  'Caddy replaces no empty match right behind another one': 'Caddy 不會取代緊接在另一個比對之後的空比對',
  'Caddy ends a path at # and ?': 'Caddy 的路徑在 # 與 ? 處結束',
  'a brace alone has no spelling in a Caddyfile': '單獨的大括號在 Caddyfile 中沒有寫法',
  'Caddy rewrites the decoded path, and then escapes more than has to be':
    'Caddy 改寫的是解碼後的路徑，之後跳脫的字元比必要的多',
  '`{$` has no spelling in a Caddyfile': '`{$` 在 Caddyfile 中沒有寫法',
  'a text with both kinds of quotes has no spelling here': '同時有兩種引號的文字在此沒有寫法',
  'a backquote has no spelling here': '反引號在此沒有寫法',
  'Caddy does not know names of listeners': 'Caddy 不認得監聽器的名稱',
  '$path, $query and $method in the answer to an error': '錯誤回應中的 $path、$query 與 $method',
  'Caddy has them as the client sent them there, not as rules changed them':
    'Caddy 在那裡用的是用戶端送出的值，而不是規則變更後的',
  'Caddy writes Path=/': 'Caddy 寫入 Path=/',
  'Caddy writes no Max-Age': 'Caddy 不寫入 Max-Age',
  'Caddy before 2.7 takes addresses of both kinds': 'Caddy 2.7 之前兩種位址都用',
  'Caddy passes on GET *, answers OPTIONS *, leaves out a User-Agent that is empty, answers 400 to an empty line before a request, and writes an empty X-Forwarded-Host where HTTP/1.0 has no Host':
    'Caddy 會轉送 GET *，自行回應 OPTIONS *，省略空的 User-Agent，以 400 回應請求前的空行，並在 HTTP/1.0 沒有 Host 時寫入空的 X-Forwarded-Host',
  'rules on responses': '回應的規則',
  'Caddy does not apply them to 101, which begins a WebSocket': 'Caddy 不會套用到 101（WebSocket 的開始）',
  'error texts': '錯誤的文字',
  'where one was used before, Caddy sends GET and the like once more, whatever retry says':
    '曾用過的連線被關閉時，不論重試如何設定，Caddy 都會再送一次 GET 之類的請求',
  'Caddy has shorter texts of its own': 'Caddy 使用自己較短的文字',
  'a backend to which one connection fails is out for {}: else Caddy would try the same one again':
    '後端只要有一次連線失敗就會移出 {}：否則 Caddy 會再次嘗試同一個',
  'Caddy makes them by an authority of its own, which clients have to trust':
    'Caddy 以自己的憑證機構簽發，用戶端必須信任它',
  'Caddy names its type by its name, where the answer says none': '回應沒有指定類型時，Caddy 依檔名決定',
  'the name of the file has no spelling in Caddy': '這個檔名在 Caddy 中無法寫出',
};

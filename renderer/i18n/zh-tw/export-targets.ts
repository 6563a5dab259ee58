import type { EngineTexts } from '../engine-text.ts';

const CADDY: EngineTexts = {
  'Caddy compares the decoded path, and joins several lines of one header':
    'Caddy 比對解碼後的路徑，並合併同一標頭的多行',
  'Caddy reads them from 2.7 on, in the options of a server': 'Caddy 從 2.7 起才在伺服器選項中讀取',
  'Caddy reads it with a listener wrapper from 2.7 on': 'Caddy 從 2.7 起才能以 listener wrapper 讀取',
  'Caddy escapes what a URL may not have (not ASCII, quotation marks, braces, | and ^), and answers 400 to one with a % that begins no escape':
    'Caddy 會跳脫網址中不允許的字元（非 ASCII、引號、大括號、| 與 ^），並以 400 回應 % 不構成跳脫的路徑',
  'Caddy bounds a head in bytes only': 'Caddy 只限制標頭的位元組數',
  'there is no backend that Caddy could use': '沒有 Caddy 能使用的後端',
  'Caddy has backups for a single backend only (policy first)': 'Caddy 只有單一後端能有備援（策略 first）',
  'a backend is listed as often as its weight says: the same shares, in runs': '依權重重複列出後端：占比相同，但會連續',
  'Caddy has them from 2.7 on, for round_robin; all count the same':
    'Caddy 從 2.7 起才支援，且只限 round_robin；一律視為相同',
  "Caddy's cookie policy takes the place of {}; new clients are spread at random":
    'Caddy 的 Cookie 策略取代 {*}；新的用戶端會隨機分配',
  'least_conn: latency does not count': 'least_conn：不計延遲',
  'rendezvous hashing: keys move to other backends': 'rendezvous 雜湊：鍵會移到其他後端',
  'Caddy hashes by a parameter from 2.7 on': 'Caddy 從 2.7 起才能依參數雜湊',
  'Caddy retries by the response from 2.11.3 on': 'Caddy 從 2.11.3 起才能依回應重試',
  'add an lb_retry_match with a CEL expression by hand': '請自行加上以 CEL 運算式撰寫的 lb_retry_match',
  'what could not connect is tried again, after other failures GET only; maybe on the same backend':
    '無法連線的會重試，其他失敗只重試 GET；可能仍在同一個後端',
  'Caddy checks with HTTP only': 'Caddy 只能用 HTTP 檢查',
  'Caddy counts from 2.8 on; one probe flips': 'Caddy 從 2.8 起才會計數；一次探測就會改變狀態',
  'Caddy takes one status or class: {}': 'Caddy 只接受一個狀態或一類：{}',
  'Caddy has rate limits in a plugin only': 'Caddy 只有外掛才有限流',
  'Caddy has `method` from 2.7 on': 'Caddy 從 2.7 起才有 `method`',
  'Caddy takes a star at the start and the end of a name only': 'Caddy 只接受名稱開頭與結尾的星號',
  'Caddy names itself in a line before the one of the backend': 'Caddy 會在後端的那一行之前加上自己的名稱',
  'a dollar in the value of a variable begins a group': '變數值中的錢字號會被當成群組的開頭',
  'Caddy replaces no empty match right behind another one': 'Caddy 不會取代緊接在另一個比對之後的空比對',
  'a pattern sees all parameters {}, joined with commas': '樣式看到的是以逗號合併的所有 {} 參數',
  'Caddy ends a path at # and ?': 'Caddy 的路徑在 # 與 ? 處結束',
  'a brace alone has no spelling in a Caddyfile': '單獨的大括號在 Caddyfile 中沒有寫法',
  'Caddy rewrites the decoded path, and then escapes more than has to be':
    'Caddy 改寫的是解碼後的路徑，之後跳脫的字元比必要的多',
  'serve the file with `file_server`': '請用 `file_server` 提供這個檔案',
  '`{$` has no spelling in a Caddyfile': '`{$` 在 Caddyfile 中沒有寫法',
  'a text with both kinds of quotes has no spelling here': '同時有兩種引號的文字在此沒有寫法',
  'a backquote has no spelling here': '反引號在此沒有寫法',
  'Caddy has no placeholder for the whole URL': 'Caddy 沒有代表整個網址的預留位置',
  'Caddy does not know names of listeners': 'Caddy 不認得監聽器的名稱',
};

const ENVOY: EngineTexts = {
  "Envoy's files of endpoints have another form (EDS)": 'Envoy 的端點檔案格式不同（EDS）',
  'addresses instead of SRV records': '使用位址而不是 SRV 記錄',
  'the same shares in another order, from a random backend on': '占比相同但順序不同，從隨機的後端開始',
  'the fewer requests of two: latency does not count': '取兩者中請求較少的：不計延遲',
  'a priority for each backend: the next one when none before it is healthy':
    '每個後端各有優先順序：前面的都不健康時才用下一個',
  'another hash: clients move once': '雜湊方式不同：用戶端會移動一次',
  'another ring: keys move to other backends': '雜湊環不同：鍵會移到其他後端',
  'the same kind of ring; keys may move once': '同類的雜湊環；鍵可能移動一次',
  'the same kind of table; keys may move once': '同類的雜湊表；鍵可能移動一次',
  "Envoy's random policy does not look at weights": 'Envoy 的隨機策略不看權重',
  'Envoy has it for round robin and least request only': 'Envoy 只有輪詢與最少請求支援它',
  'they also help out while most, but not all, of the others are unhealthy':
    '當其他後端大多（而非全部）不健康時，它們也會分擔',
  'read from {}': '從 {} 讀取',
  'Envoy reads one file; join them': 'Envoy 只讀一個檔案；請合併',
  'only whether an authority signed it is looked at': '只檢查是否由憑證授權單位簽發',
  'Envoy finds the route before there is a response': 'Envoy 在有回應之前就已選定路由',
  'Envoy does not match by {}': 'Envoy 不能依{*}比對',
  "the client's address": '用戶端的位址',
  'the whole URL': '整個網址',
  'the whole query': '整個查詢字串',
  'a header of the response before there is one': '尚未產生的回應標頭',
  'Envoy writes them in lower case to HTTP/1.1 backends and clients': 'Envoy 以小寫寫給 HTTP/1.1 的後端與用戶端',
  'its values differ, so that clients are spread anew once; other pools set it too':
    '它的值不同，因此用戶端會重新分配一次；其他集區也會設定它',
  'Envoy knows them by their addresses from 1.33 on': 'Envoy 從 1.33 起才能以位址辨認它們',
  'there is no certificate to take along': '沒有可帶走的憑證',
  'an IPv6 address is not quoted': 'IPv6 位址未加引號',
  'Envoy looks for a fixed text': 'Envoy 只尋找固定的文字',
  'back after its time, without a look first; the ejected share is that of the whole pool':
    '時間到就恢復，不先檢查；逐出比例以整個集區計算',
  'never tried again, also when nothing of them was sent': '永不重試，即使完全沒有送出',
  'when Envoy resets the attempt; add a per_try_timeout by hand': '當 Envoy 重設該次嘗試時；請自行加上 per_try_timeout',
  'its body has variables; Envoy answers with a fixed text': '它的主體有變數；Envoy 只能回應固定的文字',
  '$1 in a location that is not a path': '$1 用在不是路徑的位置',
  'with scheme and host in front, and the query behind': '前面加上協定與主機，後面加上查詢字串',
  'Envoy rewrites paths without variables': 'Envoy 改寫路徑時不支援變數',
  'the copy has `-shadow` behind its Host': '複本的 Host 後面會加上 `-shadow`',
  'those of the first pool, for all shares': '所有占比都用第一個集區的',
  'Envoy rewrites with {} groups of a pattern': 'Envoy 改寫時只能用樣式的 {} 個群組',
  'several lines of one header are one, joined with commas': '同一標頭的多行會以逗號合併成一行',
  'a pattern sees the value as it was sent, and may reach beyond it': '樣式看到的是送出時的原樣，且可能超出該值',
  'letters and digits of names and values are looked for as they are, not encoded':
    '名稱與值中的字母與數字只以未編碼的形式尋找',
  'Envoy rewrites Host without variables': 'Envoy 改寫 Host 時不支援變數',
  'an earlier rule rewrites the path; Envoy does it once': '先前的規則已改寫路徑；Envoy 只改寫一次',
  'Envoy has one idle time-out: the longer': 'Envoy 只有一個閒置逾時：取較長的',
  'a token bucket that all exchanges share, not one for each {}': '所有交換共用一個權杖桶，而不是每個 {} 各一個',
  'Envoy does not let headers change Host': 'Envoy 不允許標頭動作變更 Host',
};

const HAPROXY: EngineTexts = {
  'HAProxy does not answer with {}': 'HAProxy 不能以 {} 回應',
  'a head fits a buffer (16 KiB, tune.bufsize), and has at most 101 lines (tune.http.maxhdr)':
    '標頭須放得進一個緩衝區（16 KiB，tune.bufsize），且最多 101 行（tune.http.maxhdr）',
  'HAProxy looks for the key in {}.key, or in the same file as the certificate':
    'HAProxy 在 {}.key 或憑證所在的同一個檔案中尋找金鑰',
  'HAProxy looks for it in {}.key, or in the same file as the certificate':
    'HAProxy 在 {}.key 或憑證所在的同一個檔案中尋找它',
  'the last address of X-Forwarded-For is taken, without walking on': '取 X-Forwarded-For 的最後一個位址，不再往前找',
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
  'the next backend is also used when the first has no free connection': '第一個後端沒有空閒連線時，也會用下一個',
  'HAProxy has one `timeout server`: the longer': 'HAProxy 只有一個 `timeout server`：取較長的',
  'empty-response: before the first byte of the answer': 'empty-response：在回應的第一個位元組之前',
  "HAProxy's cookies are for /": 'HAProxy 的 Cookie 路徑為 /',
  'HAProxy has none: whether a connection opens': 'HAProxy 沒有：只檢查能否建立連線',
  'looked for in the part of the body that fits a buffer': '只在放得進緩衝區的那部分主體中尋找',
  'HAProxy sets it before it picks: that of the first backend': 'HAProxy 在選定之前就設定：用第一個後端的',
  'HAProxy waits a second before it tries the same backend again, has no budget, and replays what fits a buffer (16 KiB)':
    'HAProxy 重試同一個後端前會等一秒，沒有預算，且只重送放得進緩衝區的內容（16 KiB）',
  'further requests wait in a queue': '其餘請求會在佇列中等候',
  'HAProxy bounds connections of a server, not of a backend': 'HAProxy 限制的是 server 的連線，不是 backend 的',
  'a backend comes back by its checks, not after a time; all of a pool may be out':
    '後端依檢查結果恢復，而不是時間到就恢復；集區可能全部被移出',
  'do not count': '不生效',
  'looked up at start; add a `resolvers` section to follow changes': '啟動時查詢；加上 `resolvers` 區段才會跟隨變更',
  'HAProxy keeps {} groups of a pattern': 'HAProxy 只保留樣式的 {} 個群組',
  'HAProxy replaces some empty matches twice': 'HAProxy 會把某些空比對取代兩次',
  'only the first line of cookies is looked at': '只看第一行 Cookie',
  'HAProxy puts texts and groups into a replacement, no variables': 'HAProxy 的取代內容可用文字與群組，不可用變數',
  'HAProxy adds cache-control: no-cache': 'HAProxy 會加上 cache-control: no-cache',
  'use `use-server` in the backend': '請在 backend 中使用 `use-server`',
  'silent-drop: the connection is forgotten at once': 'silent-drop：立即遺忘該連線',
  'HAProxy takes one value as a key, not a text of several': 'HAProxy 只接受一個值作為鍵，不接受多個值組成的文字',
  'a brace alone has no spelling in HAProxy': '單獨的大括號在 HAProxy 中沒有寫法',
};

const NGINX: EngineTexts = {
  'nginx answers with texts of its configuration; serve the file with `root` or `alias`':
    'nginx 以設定中的文字回應；請用 `root` 或 `alias` 提供檔案',
  '{} can only be compared with =': '{} 只能用 = 比較',
  'nginx compares query[{}] as it is encoded': 'nginx 以編碼後的形式比對 query[{}]',
  'nginx takes an empty {} for none': 'nginx 把空的 {} 視為沒有',
  '{} would have to be percent-encoded': '{} 必須先做百分號編碼',
  "nginx passes on the backend's {}, or writes its own": 'nginx 會轉送後端的 {}，或寫入自己的',
  'nginx passes on the Host line alone: not the host of a request line that names one, and none where HTTP/1.0 has none':
    'nginx 只轉送 Host 標頭：請求行自帶的主機不算，HTTP/1.0 沒有 Host 時也不補上',
  'nginx writes `server: nginx` into its own answers, and into those of backends that have none':
    'nginx 會在自己的回應，以及沒有 server 的後端回應中寫入 `server: nginx`',
  'in answers of nginx itself the one that is there stays as it is, and a second one is added':
    'nginx 自己的回應中，原有的那一個保持不變，並另外加上一個',
  'in answers of nginx itself the one that is there stays as it is': 'nginx 自己的回應中，原有的那一個保持不變',
  hosts: '主機名稱',
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
  'nginx retries at once, without a budget, and keeps whole request bodies':
    'nginx 立即重試，沒有預算，並保留整個請求主體',
  'open-source nginx has no queue': '開源版 nginx 沒有佇列',
  'when all are full nginx answers 502': '全部滿載時 nginx 回應 502',
  'maxTime and maxPercent do not count': 'maxTime 與 maxPercent 不生效',
  'nginx looks it up when it starts (with `resolve` and a resolver: 1.27.3)':
    'nginx 在啟動時查詢（搭配 `resolve` 與 resolver：1.27.3）',
  'a connection that is refused is retried, one that times out is not': '連線被拒會重試，連線逾時則不會',
  'nginx has one proxy_read_timeout: the longer, {}': 'nginx 只有一個 proxy_read_timeout：取較長的 {}',
  'nginx has one name for a pool: the first': 'nginx 每個集區只有一個名稱：第一個',
  'nginx needs a file: {}': 'nginx 需要一個檔案：{}',
  'nginx proxies with HTTP/2 from 1.29.4 on; HTTP/1.1 instead': 'nginx 從 1.29.4 起才能以 HTTP/2 代理；改用 HTTP/1.1',
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
  'nginx adds a page of its own': 'nginx 會加上自己的頁面',
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

const TRAEFIK: EngineTexts = {
  'Traefik passes on what they say; its conditions ask the connection itself':
    'Traefik 會轉送它們所說的內容；條件則以連線本身為準',
  'X-Replaced-Path tells the backend the old one': 'X-Replaced-Path 會告訴後端原本的路徑',
  'Traefik sets headers, it does not add lines to them': 'Traefik 只設定標頭，不會附加新行',
  "{}: Traefik's values have no variables": '{}：Traefik 的值不支援變數',
  'Traefik replaces without variables': 'Traefik 取代時不支援變數',
  'a token bucket': '權杖桶',
  'a token bucket that answers with 429 instead of {}': '權杖桶，以 429 而不是 {} 回應',
  'Traefik does not count by {}': 'Traefik 不能依 {} 計數',
  'whole percent only': '只接受整數百分比',
  'Traefik takes turns': 'Traefik 依序輪流',
  '{}; the query counts as part of the path': '{*}；查詢字串算作路徑的一部分',
  '301 to GET, 308 to other methods': 'GET 用 301，其他方法用 308',
  '302 to GET, 307 to other methods': 'GET 用 302，其他方法用 307',
  'Traefik does not ask whether there is a {}': 'Traefik 不能判斷是否有 {}',
  'Traefik compares whole methods only': 'Traefik 只比對完整的方法',
  'Traefik compares whole addresses and ranges only': 'Traefik 只比對完整的位址與範圍',
  'Traefik has no matcher for {}': 'Traefik 無法比對 {}',
  'a pattern inside the value of a cookie': 'Cookie 值中的樣式',
  'Traefik falls back when a check says so; give it one': 'Traefik 依檢查結果才改用備援；請設定一個檢查',
  'one server; connections spread as the resolver answers': '一個伺服器；連線依解析結果分散',
  'a Host that a rule writes gives way to it': '規則寫入的 Host 會被它取代',
  'the same shares in another order (EDF)': '占比相同，但順序不同（EDF）',
  'in turn instead of at random': '依序而不是隨機',
  'the fewer connections of two; weights do not count': '取兩者中連線較少的；不計權重',
  'time to the first byte, another average': '以首位元組時間計，平均方式不同',
  'rendezvous hashing: clients move once': 'rendezvous 雜湊：用戶端會移動一次',
  'Traefik has {} from {} on': 'Traefik 從 {2} 起才有 {*1}',
  'Traefik checks its HTTP services with HTTP or gRPC': 'Traefik 以 HTTP 或 gRPC 檢查 HTTP 服務',
  'Traefik does not count; one probe flips': 'Traefik 不計數；一次探測就會改變狀態',
  'Traefik does not look at the body': 'Traefik 不檢查主體',
  'Traefik takes 200-399 or one status: {}': 'Traefik 只接受 200-399 或單一狀態：{}',
  'Traefik has passive checks from 3.6 on': 'Traefik 從 3.6 起才有被動檢查',
  'takes the place of what was there before': '會取代原有的內容',
  'Traefik makes no ids': 'Traefik 不產生 id',
  'Traefik does not write it': 'Traefik 不會寫入它',
  'header lines': '標頭的多行',
  'Caddy joins several lines of one header': 'Caddy 會把同名標頭的多行合併',
  'a path that then begins with no slash goes on as it is': '之後不以斜線開頭的路徑會照樣送出',
  'each of several of one name is asked': '同名的多個都會被比對',
  'an IPv6 address has brackets': 'IPv6 位址帶有方括號',
  'each of several lines is asked': '同名的多行都會被比對',
  '{} finds {} with its letters and digits as they are, not encoded': '{} 只在字母與數字未編碼時找得到 {}',
  'HAProxy answers without a content-type then': 'HAProxy 此時的回應沒有 content-type',
  'HAProxy answers without the lines that have none': 'HAProxy 的回應會省略沒有值的行',
  'Traefik takes . and .. and double slashes out of a path, decodes what needs no escape, and then compares it':
    'Traefik 先去掉路徑中的 .、.. 與重複的斜線，並解碼不需跳脫的字元，然後才比對',
  'an empty body': '空的主體',
  'an empty value': '空的值',
  'for the response, it sees the request as it and later rules changed it':
    '在回應階段，它看到的請求已被它與之後的規則變更',
  'in whole seconds of local time': '以本地時間的整秒表示',
  'later conditions and values see all lines of the header, joined with commas':
    '之後的條件與值看到的是以逗號合併的所有同名標頭',
  'later rules, and $host, see it with its capitals': '之後的規則與 $host 會看到原本的大小寫',
  'nginx sends no line without a value': 'nginx 不送出沒有值的行',
  'of several lines of one {}, {}, and an empty one goes, also where no rule holds':
    '{} 有多行時，{}，空的會被移除，沒有規則成立時也一樣',
  'of several lines of that name, HAProxy leaves one, made of the last':
    '同名標頭有多行時，HAProxy 只留下由最後一行產生的一行',
  'the address of the backend, not its name': '是後端的位址，不是它的名稱',
  'Forwarded of a client': '用戶端的 Forwarded',
  'goes on as it came, with nothing behind it': '照原樣傳下去，後面不再附加',
  'those of an untrusted client are replaced, Forwarded goes on as it came; X-Forwarded-Port, -Server and X-Real-Ip come too, and Accept-Encoding: gzip where there was none':
    '不受信任的用戶端所送的會被取代，Forwarded 照原樣傳下去；另會加上 X-Forwarded-Port、-Server 與 X-Real-Ip，沒有 Accept-Encoding 時加上 gzip',
  'those of an untrusted client are replaced; X-Forwarded-Port, -Server and X-Real-Ip come too, and Accept-Encoding: gzip where there was none':
    '不受信任的用戶端所送的會被取代；另會加上 X-Forwarded-Port、-Server 與 X-Real-Ip，沒有 Accept-Encoding 時加上 gzip',
  'Traefik always writes them': 'Traefik 一律寫入它們',
  'Traefik tries again when no answer came': 'Traefik 在沒有回應時重試',
  'of any method, maybe on the same backend': '不論方法，可能仍在同一個後端',
  'Traefik has no answers of its own': 'Traefik 本身不能回應',
  'Traefik bounds times only, in its own options': 'Traefik 只限制時間，且在它自己的選項中設定',
};

/** What one target does in another way, or does not have. */
export const zhTwExportTargets: EngineTexts = { ...CADDY, ...ENVOY, ...HAPROXY, ...NGINX, ...TRAEFIK };

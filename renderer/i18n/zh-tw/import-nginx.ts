import type { EngineTexts } from '../engine-text.ts';

/** What the import of nginx says. */
export const zhTwNginxTexts: EngineTexts = {
  'an earlier server of the same address has that name, and nginx goes by that one':
    '同一位址較早的伺服器已有這個名稱，nginx 以它為準',
  'there is neither a server nor an upstream block in it': '其中沒有 server 或 upstream 區塊',
  'line {}: the block that opens here does not close': '第 {} 行：從這裡開始的區塊沒有結尾',
  'line {}: a } without its {': '第 {} 行：有 } 但沒有對應的 {',
  'line {}: {} does not end with a semicolon': '第 {} 行：{} 沒有以分號結尾',
  'there is neither a server nor an upstream block in it; it includes other files: import what nginx -T prints':
    '其中沒有 server 或 upstream 區塊；它引入了其他檔案：請匯入 nginx -T 的輸出',
  'line {}: the quote that opens here does not close': '第 {} 行：從這裡開始的引號沒有結尾',
  'line {}: more than {} blocks lie within each other': '第 {} 行：超過 {} 層區塊互相包含',
  'its listener is left out': '它的接聽器被略去',
  'its pool {} is left out; 502 is answered': '它的集區 {} 被略去；回應 502',
  'a listener has an address and one port, and speaks over TCP': '接聽器有一個位址與一個連接埠，並使用 TCP',
  'no request reaches it: nothing here listens where it does': '沒有請求會到達它：這裡沒有任何接聽器在它接聽之處',
  'the listener {} of the config has this address and stays as it is, without TLS':
    '設定中的接聽器 {} 已有這個位址，並維持原樣，沒有 TLS',
  'the listener {} of the config has this address and stays as it is, with its own certificates':
    '設定中的接聽器 {} 已有這個位址，並維持原樣，使用自己的憑證',
  'certificates of clients are not asked for as nginx does it (the listener asks by one authority and no list of revoked ones; one that the config has stays as it is), so 403 is answered: set tls.client of {}, then delete the route {}':
    '用戶端憑證無法像 nginx 那樣檢查（接聽器只依一個憑證授權單位、不依撤銷清單檢查；設定中已有的接聽器維持原樣），因此回應 403：請設定 {} 的 tls.client，再刪除路由 {}',
  'the config has them already: its routes ({}) stand before those of the file, unless they take everything, and what they take no route of the file turns away':
    '設定中已有它們：設定的路由（{}）排在檔案的路由之前（接受一切的路由除外），它們接走的請求不會被檔案的路由拒絕',
  'break ends the rewriting in nginx: here what follows acts on the new path, too':
    'break 在 nginx 中結束改寫：這裡後面的項目也會作用於新路徑',
  'symbolic links within a directory are followed here; in the place of its files 403 is answered':
    '這裡會跟隨目錄內的符號連結；以 403 取代它的檔案',
  'weights go up to {} here: shares are nearly the same': '這裡的權重最大為 {}：比例幾乎相同',
  '{} belongs to the pool here: what the last server says of it holds for all':
    '這裡的 {} 屬於集區：最後一個 server 所說的對所有 server 有效',
  'another file, which may have servers and say who comes; put its text in its place, or import what nginx -T prints':
    '另一個檔案，可能含有伺服器與存取限制；請把它的內容放到它的位置，或匯入 nginx -T 的輸出',
  'a file of nginx itself: what it sets has no counterpart here': 'nginx 自己的檔案：它所設定的在這裡沒有對應',
  'its text is not here: it is taken as Debian has it': '這裡沒有它的內容：以 Debian 的版本代替',
  'it is not UTF-8, and these bytes are lost; save the file as UTF-8 and import it again':
    '它不是 UTF-8，這些位元組已遺失；請把檔案存成 UTF-8 再匯入一次',
  'it has no counterpart in a pool': '在集區中沒有對應的功能',
  'on {}: this machine only; give another address and allowRemote for more':
    '在 {}：只限這台電腦；要更多請設定其他位址與 allowRemote',
  'a path with variables behind proxy_pass; 502 is answered': 'proxy_pass 後面的路徑含有變數；回應 502',
  'parameters behind proxy_pass; use a query action': 'proxy_pass 後面帶有參數；請使用 query 動作',
  'nginx goes on from a directory to its index.html, which location {} takes: the route {} answers 502':
    'nginx 會從目錄前往它的 index.html，而那屬於 location {}：路由 {} 回應 502',
  'it has the port that the client asked for, too': '它也含有用戶端所要求的連接埠',
  'it is written by `forwarded` of the pool here': '這裡由集區的 `forwarded` 寫入',
  "it leads to another location; the route {} answers 502 until it has that one's pool":
    '它通往另一個 location；在路由 {} 有那個 location 的集區之前，它回應 502',
  'its text has a variable that values here do not have; it answers without':
    '它的文字有這裡的值所沒有的變數；回應時不含文字',
  'nginx looks for a location of the new path then; here the route stays':
    'nginx 接著會以新路徑尋找 location；這裡的路由不變',
  'the parameters of the request stay': '請求的參數會保留',
  'its parameters come behind those of the request': '它的參數排在請求的參數之後',
  'the listener {} of the config has this address: give one of them another':
    '設定中的監聽器 {} 已使用此位址：請為其中之一改用別的位址',
  'with a ring of hashes: other keys go to other backends than in nginx, each to one':
    '以雜湊環分配：各鍵所到的後端與 nginx 不同，但每個鍵固定到同一個',
  'the one of all that has the fewest requests, not of two': '取全部之中請求最少的一個，而非兩個之中的',
  'requests without its key are shared out in turn; nginx gives them to the first':
    '沒有此鍵的請求輪流分配；nginx 把它們都交給第一個',
  'it has a variable, which has to be filled in first': '它含有變數，須先代入值',
  'with its key it cannot be used here (one of them is not there, they do not belong together, or the key has a password): certificates are of the local authority until `certificates` of the listener names one that can':
    '這裡無法使用它與其金鑰（其中之一不存在、兩者不相符，或金鑰有密碼）：在監聽器的 `certificates` 指明可用的憑證前，使用本機憑證機構的憑證',
  '{} cannot be used here, and is left out': '這裡無法使用 {}，已略去',
  'it has a pattern or a variable': '它含有樣式或變數',
  'set proxyProtocol and trustedProxies of the listener': '請設定接聽器的 proxyProtocol 與 trustedProxies',
  'it is a socket file': '它是通訊端檔案',
  'time-outs and retries belong to the pool here: they hold for all its routes':
    '這裡的逾時與重試屬於集區：對它的所有路由都有效',
  'a path behind proxy_pass in a location with a pattern': '有樣式的 location 中，proxy_pass 後面帶有路徑',
  'it has a variable that values here do not have': '它有這裡的值所沒有的變數',
  'its pattern, its path or its parameters cannot be said here; the route {} answers 502':
    '這裡無法表示它的樣式、路徑或參數；路由 {} 回應 502',
  'its zone is not in the file, or counts by something that is not known here':
    '它的 zone 不在檔案中，或以這裡不認得的項目計數',
  'requests over the rate wait here; with {} nginx lets {} through at once':
    '超過速率的請求在這裡會等候；使用 {1} 時，nginx 會立即放行{*2}',
  'those within burst': '突發量內的請求',
  'the first {} of them': '其中前 {} 個',
  'without the query of the request': '不含請求的查詢字串',
  'its address has variables, or is none': '它的位址含有變數，或不是位址',
  'its address has an unknown variable; the route {} answers 502': '它的位址有未知的變數；路由 {} 回應 502',
  'it has no server that could be a backend': '它沒有能作為後端的 server',
  'a backend has an address and a port, not a socket file': '後端需要位址與連接埠，不能是 socket 檔案',
  'it acts on nothing here': '在這裡不作用於任何項目',
  'answers keep the coding that the backend gives them': '回應保留後端給的編碼',
  'bodies may be of any length here': '這裡的主體長度不限',
  'answers of backends and of Switchyard itself stay; a rule can change status and body':
    '後端與 Switchyard 自己的回應不變；規則可以改變狀態與主體',
  'types of files are told by their names': '檔案的類型由名稱決定',
  'add a rule that sets cache-control': '請新增設定 cache-control 的規則',
  'what depends on its variable is told where it is used': '依賴其變數的項目會在使用處說明',
  'a route with `split` shares requests out': '帶 `split` 的路由可以分配請求',
  'a route has `mirror`': '路由有 `mirror`',
  '`connections` of a pool bounds those to backends': '集區的 `connections` 限制到後端的連線',
  'only HTTP is imported': '只匯入 HTTP',
  'name them in trustedProxies of the listener; until then it knows their address only, and what asks for that of clients answers 403 to all':
    '請列在接聽器的 trustedProxies；在那之前它只知道它們的位址，檢查用戶端位址的項目一律回應 403',
  'trustedProxies of the listener takes X-Forwarded-For': '接聽器的 trustedProxies 採用 X-Forwarded-For',
  'see `limits` of the listener': '請見接聽器的 `limits`',
  "TLS versions are Node's: 1.2 and 1.3": 'TLS 版本由 Node 決定：1.2 與 1.3',
  "ciphers are Node's": '加密套件由 Node 決定',
  'nothing here asks for it, so 403 is answered; delete the route {} when whoever comes may have it':
    '這裡無法檢查它，因此回應 403；若任何人都可存取，請刪除路由 {}',
  '404 is answered; nothing here leads there, as error_page and X-Accel-Redirect do':
    '回應 404；這裡沒有像 error_page 與 X-Accel-Redirect 那樣通往它的途徑',
  '{}, so 403 is answered to all': '{*}，因此一律回應 403',
  'networks of IPv6 with zeros in them, or of everything, cannot be compared here':
    '這裡無法比對含有零的 IPv6 網段，或包含一切的網段',
  'set_real_ip_from takes the address of the client from a header, which is not known here':
    'set_real_ip_from 從標頭取得用戶端的位址，這裡並不知道',
  '{}_ssl_name has a variable: the name of the address is asked for': '{}_ssl_name 含有變數：改以位址的名稱檢查',
  '{}_ssl_verify is off, as it is in nginx by default: certificates of backends are not verified':
    '{}_ssl_verify 為 off（nginx 的預設值）：不驗證後端的憑證',
  'nginx sends it beside a Content-Type of its own': 'nginx 會在自己的 Content-Type 之外再送出它',
  'each route counts by itself here, not all that share the zone': '這裡每條路由各自計數，而不是共用同一個 zone',
  'certificates of clients belong to the listener here: all its servers ask for them':
    '這裡用戶端憑證屬於接聽器：它的所有伺服器都會要求',
  'who has no certificate is refused while connecting; nginx answers 400':
    '沒有憑證者在連線時就被拒絕；nginx 則回應 400',
  'the pool picks by what is sent to it, nginx by what came from the client':
    '集區依送給它的內容挑選，nginx 則依用戶端送來的內容',
  'RE2 cannot read all of the pattern: where what it can read holds, the route {} answers {}':
    'RE2 無法讀取整個樣式：可讀部分符合之處，路由 {} 回應 {}',
  'it is not HTTP; 502 is answered until the route has a pool that is': '它不是 HTTP；在路由有 HTTP 的集區之前回應 502',
  'its rewrite leads to another location; 502 is answered': '它的 rewrite 通往另一個 location；回應 502',
  'it has no content; 404 is answered': '它沒有內容；回應 404',
  'what closes it closes the files before it, too': '封閉它的條件也會封閉它之前的檔案',
  'what it goes on to is not in the file, or answers nothing here; 502 is answered then':
    '它接著前往的對象不在檔案中，或在這裡不回應任何內容；此時回應 502',
  '{} comes without the add_header of location {}': '{} 不含 location {} 的 add_header',
  'nginx decodes and normalises a path before it looks for a location, here it is compared as the client wrote it: the route {} answers 400 where that differs (//, dot segments, escaped letters and slashes); what $uri and $1 see stays escaped':
    'nginx 在尋找 location 之前會解碼並正規化路徑，這裡則依用戶端的寫法比對：兩者不同時（//、點區段、跳脫的字母與斜線），路由 {} 回應 400；$uri 與 $1 所見的仍是跳脫後的內容',
  'a pattern cannot be compared with escapes: the route {} answers 400 to all paths that have some':
    '有樣式無法與跳脫字元比對：凡含跳脫字元的路徑，路由 {} 都回應 400',
  'the path goes on as the client wrote it; nginx decodes it, and escapes anew what needs it':
    '路徑依用戶端的寫法轉送；nginx 會先解碼，再跳脫需要的部分',
  'path and parameters go on as the client wrote them': '路徑與參數依用戶端的寫法轉送',
  'one idle time-out holds for both directions': '兩個方向共用一個閒置逾時',
  '{} is no reason to try again here': '{} 在這裡不是重試的理由',
  '{}; 502 is answered': '{*}；回應 502',
  '{}; 502 is answered to all that no route before it takes': '{*}；對沒有被前面路由接走的請求一律回應 502',
  '{}; its requests are answered with 502': '{*}；它的請求回應 502',
  'no request reaches it: it has no name that can be read, and another server is the default one':
    '沒有請求會到達它：它沒有可讀的名稱，而且預設伺服器是另一個',
  'nothing here asks for it; all may come, by allow and satisfy any':
    '這裡無法檢查它；依 allow 與 satisfy any，所有人都可存取',
  'what it says may turn requests away, so the route {} answers 403: put the text of the file in its place, or delete that route':
    '它的內容可能會拒絕請求，因此路由 {} 回應 403：請把檔案的內容放到它的位置，或刪除該路由',
  'it has a variable that values here do not have; what the client sends as it is removed':
    '它有這裡的值所沒有的變數；用戶端送來的同名標頭會被移除',
  'nginx looks below its own prefix; here it is relative to the config':
    'nginx 在自己的前置目錄下尋找；這裡相對於設定檔',
  'no directory is known for it: no file is looked for': '不知道它的目錄：不尋找檔案',
  'a directory answers with its index.html only': '目錄只以其 index.html 回應',
  '{} is answered: what error_page leads to cannot stand in its place here':
    '回應 {}：error_page 所導向的內容在這裡無法取代它',
  'what an `if` answers leads on; other answers with these codes stay':
    '`if` 的回應會導向該處；其他帶有這些狀態碼的回應維持不變',
  '{} is no status of an answer here; 502 is answered': '{} 在這裡不是回應的狀態；回應 502',
  '{} is a folder: 404 is answered': '{} 是資料夾：回應 404',
  '{} is not there: 404 is answered until it is': '{} 不存在：在它存在之前回應 404',
  'shares are the same, and each key stays at its side; it may be another one than in nginx':
    '比例相同，且每個鍵固定在同一邊；但該邊可能與 nginx 不同',
  '{} is taken to be there: what stands behind it is left out': '假設 {} 存在：它後面的項目已略去',
  'it looks for {} in nginx only': '只有 nginx 會尋找 {}',
  'a directory answers where its address ends in a slash, else leads there':
    '目錄在網址以斜線結尾時回應，否則導向該網址',
  'a directory without index.html counts as missing; nginx answers 403':
    '沒有 index.html 的目錄視為不存在；nginx 回應 403',
  '404 is answered in the place of {}': '以 404 取代 {}',
  'the parameters of the request stay as they are': '請求的參數維持原樣',
  '{} has no counterpart in a backend': '{} 在後端中沒有對應的功能',
  'what it asks for, or what it does, cannot be said here': '它所檢查或所做的，在這裡無法表達',
  'what it asks for, or what it does, cannot be said here; as it turns requests away, 403 is answered to all: put its condition on the route {}, or delete it':
    '它所檢查或所做的，在這裡無法表達；因為它會拒絕請求，所以一律回應 403：請把它的條件放到路由 {}，或刪除該路由',
  'what it asks for, or what it does, cannot be said here; as it leads elsewhere, 502 is answered to all: put its condition on the route {}, or delete it':
    '它所檢查或所做的，在這裡無法表達；因為它通往別處，所以一律回應 502：請把它的條件放到路由 {}，或刪除該路由',
  'what it does cannot be said here: where its condition holds, the route {} answers {}':
    '它所做的在這裡無法表達：它的條件符合時，路由 {} 回應 {}',
  'the default server of an address decides for all there': '位址的預設伺服器決定該處的所有伺服器',
  'nginx leaves out a dot at the end of a host: the route {} answers 400 to such hosts':
    'nginx 會略去主機名稱結尾的點：路由 {} 對這種主機回應 400',
  'there is neither a server nor an upstream block in it{}': '其中沒有 server 或 upstream 區塊{*}',
  '; it includes other files: import what nginx -T prints': '；它包含其他檔案：請匯入 nginx -T 印出的內容',
  'where it finds the file, other methods than GET and HEAD go on, too; nginx answers them with 405':
    '找到檔案時，GET 與 HEAD 以外的方法也會繼續前往；nginx 以 405 回應它們',
};

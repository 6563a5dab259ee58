import type { EngineTexts } from '../engine-text.ts';

/** What was expected, and what was found. */
const SHAPES: EngineTexts = {
  'CONNECT opens a tunnel; it checks nothing': 'CONNECT 開啟的是隧道，檢查不了什麼',
  'missing; {}': '缺少這個鍵；{*}',
  'expected {}': '應為{*}',
  text: '文字',
  'a number': '數字',
  'a number or text': '數字或文字',
  'text or a number': '文字或數字',
  'true or false': 'true 或 false',
  'a list': '清單',
  'an empty list': '空的清單',
  'a map of keys and values': '鍵與值的對應',
  'an empty map': '空的對應',
  'a map with {}': '含有 {} 的對應',
  'text or a map with {}': '文字或含有 {} 的對應',
  'something else': '其他類型',
  'one of {}': ' {} 之一',
  'at least {}': '至少 {}',
  'at least {} entries': '至少 {} 項',
  'at least {} characters': '至少 {} 個字元',
  'at most {}': '至多 {}',
  'at most {} entries': '至多 {} 項',
  'at most {} characters': '至多 {} 個字元',
  'text that starts with {}': '以 {} 開頭的文字',
  'text like {}': '符合 {} 的文字',
  "write '{}' in quotes": "請加引號寫成 '{}'",
  'not a value that is allowed here': '這裡不允許這個值',
  'not a name': '不是名稱',
  'this is for the document that includes, not for what it includes': '這只能放在引入別人的文件，不能放在被引入的檔案',
  '{} is included already; take one of the two out': '{} 已經引入；請刪去其中一個',
  'unknown keys {}': '不認得的鍵 {}',
  'unknown key {}': '不認得的鍵 {}',
  'unknown key {}; did you mean {}?': '不認得的鍵 {}；是不是 {}？',
  'unknown key {}; expected one of {}': '不認得的鍵 {}；應為 {} 之一',
  'expected only one of {} here; make an entry for each': '這裡只能有 {} 其中一個；請各寫成一項',
  '{} acts on the {}; put it under {}': '{} 作用於 {}；請放在 {} 之下',
  'a duration such as {}': '時間，例如{*}',
  'a size such as {}': '大小，例如{*}',
  'a bandwidth such as {}': '頻寬，例如{*}',
  'a bandwidth with a unit, such as {}': '帶單位的頻寬，例如{*}',
  'a rate such as 50/s or 100/m': '速率，例如 50/s 或 100/m',
  'a port from {} to 65535': ' {} 到 65535 的連接埠',
  'a URL such as {}': '網址，例如 {}',
  '1, the version that this Switchyard reads': ' 1，即此版 Switchyard 讀取的版本',
  'a name such as switchyard, in ASCII and without blanks': '名稱，例如 switchyard，只用 ASCII、不含空白',
  'a name and a port, such as {}': '名稱與連接埠，例如 {}',
  'a host such as {}': '主機，例如{*}',
  'http:// or https://': ' http:// 或 https://',
};

const NAMES: EngineTexts = {
  'a name has no quotes, commas, brackets, slashes or outer spaces': '名稱不能有引號、逗號、括號、斜線或頭尾空格',
  'a header name (RFC 9110 §5.1 token)': '標頭名稱（RFC 9110 §5.1 token）',
  'a header name, or a pattern such as x-internal-*': '標頭名稱，或 x-internal-* 這樣的樣式',
  'a header value has no line breaks or other controls': '標頭值不能有換行或其他控制字元',
  'a route or rule is told by its name, as in ["rules", "Slow search", "match"]':
    '路由或規則以名稱表示，例如 ["rules", "Slow search", "match"]',
  'a comment begins with #': '註解以 # 開頭',
  'duplicate name {}; line {} has it already': '名稱 {} 重複；第 {} 行已有它',
  'duplicate name {}; {} has it already': '名稱 {} 重複；{} 已有它',
  'duplicate name {}; names of backends are unique within a pool': '名稱 {} 重複；同一集區中後端名稱不能重複',
  'there is no group {} under groups{}': 'groups 之下沒有群組 {}{*}',
  'there is no group {} under groups; did you mean {}?': 'groups 之下沒有群組 {}；是不是 {}？',
  'there is no group {} under groups: add {}': 'groups 之下沒有群組 {}：請加上 {}',
};

const PARTS: EngineTexts = {
  'host:port, such as {}': ' host:port，例如{*}',
  'http://, socks5:// or socks5h:// with host:port, such as {}':
    ' http://、socks5:// 或 socks5h:// 加上 host:port，例如 {}',
  '{}; the port is missing': '{*}；缺少連接埠',
  '{}; it has no path': '{*}；不能有路徑',
  '{} is not loopback; other machines could use the proxy. Set allowRemote: true if that is meant':
    '{} 不是迴路位址；其他電腦也能使用這個代理。若確實要如此，請設定 allowRemote: true',
  'listener {} has the address {} already': '監聽器 {} 已使用位址 {}',
  'nobody would be believed; name the balancers in trustedProxies, such as 127.0.0.1':
    '不會相信任何人；請在 trustedProxies 中列出負載平衡器，例如 127.0.0.1',
  'a backend URL has no credentials; set an authorization header in a rule instead':
    '後端網址不能含帳密；請改在規則中設定 authorization 標頭',
  'a backend URL ends with its port: no path, query or fragment; use a path action in a rule, found {}':
    '後端網址到連接埠為止：不能有路徑、查詢字串或片段；請在規則中使用路徑動作；這裡是 {}',
  'a backend URL ends with its port: no path, query or fragment; use a path action in a rule{}':
    '後端網址到連接埠為止：不能有路徑、查詢字串或片段；請在規則中使用路徑動作{}',
  'a status or a range such as 200-399': '狀態碼，或 200-399 這樣的範圍',
  'a hash on a {} needs its name': '依 {} 雜湊需要它的名稱',
  'a pool needs at least one backend, or discover': '集區至少需要一個後端，或 discover',
  '{} needs hash: what of a request chooses the backend, such as { on: uri }':
    '{} 需要 hash：由請求的什麼選擇後端，例如 { on: uri }',
  'a pool has backends or discover, not both': '集區只能有 backends 或 discover 其中之一',
  'a pool needs backends, or discover': '集區需要 backends 或 discover',
  'a route has exactly one of {}; found none': '路由必須恰有 {} 其中一個；這裡一個也沒有',
  'a route has exactly one of {}; found {}': '路由必須恰有 {} 其中一個；這裡有 {}',
  'expected POOL/NAME': '應為 POOL/NAME（集區/名稱）',
  'an answer has body or bodyFile, not both': '回應只能有 body 或 bodyFile 其中之一',
  'a request has one Host (RFC 9112 §3.2), which can be set, not appended or deleted':
    '請求只有一個 Host（RFC 9112 §3.2），可以設定，不能附加或刪除',
  '{} is written by the proxy to fit the message; a rule cannot change it': '{} 由代理依訊息寫入；規則不能變更它',
  'CONNECT opens a tunnel; a rule makes none of a request': 'CONNECT 開啟通道；規則不能把請求變成通道',
  'a shared rule set may not name files of this machine; put it into the document, or into a file that it includes':
    '共用規則集不能指定這台電腦的檔案；請放進文件，或放進它包含的檔案',
  'user and password of the URL are not sent; take them out, and set the header authorization':
    '不會送出網址中的使用者與密碼；請移除，並設定標頭 authorization',
  'the host is a name or an address without variables, found {}': '主機須是沒有變數的名稱或位址，卻是 {}',
  'a shared rule set may not take environment variables of this machine; put it into the document, or into a file that it includes':
    '共用規則集不能取用這台電腦的環境變數；請放進文件，或放進它包含的檔案',
  'environment variable {} is not set; set it, or give a default: {}': '環境變數 {} 未設定；請設定它，或給預設值：{}',
  'test failed at {}': '在 {} 的 test 不成立',
  'cannot move {} into itself': '不能把 {} 移到它自己裡面',
  'there is nothing below {}': '{} 之下沒有任何內容',
  'there is no {}': '沒有 {}',
  'there is no element {}': '沒有第 {} 個元素',
  'the patch does not apply: {}': '修補無法套用：{*}',
  '{} needs path: a JSON Pointer such as {}': '{} 需要 path：JSON Pointer，例如 {}',
  '{} needs value': '{} 需要 value',
  'a number as large as {} does not stay as it is written; give it as text, or use body replace':
    '像 {} 這麼大的數字無法原樣保留；請以文字提供，或使用 body replace',
  '{} needs from: a JSON Pointer': '{} 需要 from：JSON Pointer',
};

const DRILLS: EngineTexts = {
  'from 100ms to 1h': ' 100ms 到 1h',
  'expected {} (at character {}), found {}': '應為{*}，卻是{*3}（第 {2} 個字元）',
  'a URL such as {}, or a path such as /': '網址（例如 {}）或路徑（例如 /）',
  'one of {}, such as failed = 0': ' {} 之一，例如 failed = 0',
  '=, !=, <, <=, > or >= and a value, such as {}': ' =、!=、<、<=、> 或 >= 加上值，例如 {}',
  'this parenthesis is never closed': '這個括號沒有結尾',
  'nothing that is measured is called {}; expected one of {}': '沒有名為 {} 的量測；應為 {} 之一',
  'nothing that is measured is called {}; expected one of {} (at character {})':
    '沒有名為 {} 的量測；應為 {} 之一（第 {} 個字元）',
  'an expression, such as {}': '運算式，例如 {}',
  '{} is not known to drills': '演練不認得 {}',
  'a time such as 3s..8s, 3s.. or ..8s': '時間範圍，例如 3s..8s、3s.. 或 ..8s',
  '{} ends before it begins': '{} 的結束早於開始',
  'a whole number, or a part of all requests such as 0.1%': '整數，或占所有請求的比例，例如 0.1%',
  'a share from 0 to 1, or a percentage such as 33%': ' 0 到 1 的占比，或百分比，例如 33%',
  'a rate such as 190/s': '速率，例如 190/s',
  'the load ended before its time': '負載提早結束',
  'a rate from 1/m to {}/s': ' 1/m 到 {}/s 的速率',
  'a backend as POOL/NAME, such as {}': '寫成 POOL/NAME 的後端，例如 {}',
  'a drill sends at most {} requests; this one would send {}': '演練最多送出 {} 個請求；這個會送出 {} 個',
  'is after the end of the drill': '在演練結束之後',
  'begins after the end of the drill': '在演練結束之後才開始',
  'the timeline never brings {} back with state: ready or fault: null':
    '時間軸從未以 state: ready 或 fault: null 讓 {} 恢復',
};

/** Files that cannot be read, and text that is not YAML. */
const DOCUMENTS: EngineTexts = {
  'the path leaves the directory': '路徑超出了目錄',
  'no such file': '沒有這個檔案',
  'a link leads out of the directory': '連結指向目錄之外',
  'the file cannot be opened': '無法開啟檔案',
  'not a regular file': '不是一般檔案',
  'there is no such file; check the name, or start with {}': '沒有這個檔案；請檢查名稱，或以 {} 開始',
  'permission denied; make it readable for this user': '沒有權限；請讓這個使用者可以讀取',
  'it is a directory; name the file in it': '這是目錄；請指定其中的檔案',
  'shared rule sets are not read here': '這裡不讀取共用規則集',
  '{} is empty, as if it were being written; to run without anything, write `version: 1`':
    '{} 是空的，像是正在寫入；若要不含任何內容地執行，請寫 `version: 1`',
  'from here on it is not UTF-8; save the file as UTF-8': '從這裡起不是 UTF-8；請將檔案存成 UTF-8',
  'the document is not YAML: {}': '文件不是 YAML：{*}',
  'the document is no map of keys and values': '文件不是鍵與值的對應',
  'a file, or an address that begins with {}': '檔案，或以 {} 開頭的位址',
  'an address such as {}': '位址，例如 {}',
  'HOST[:PORT]/KEY, as in {}': ' HOST[:PORT]/KEY，例如 {}',
  'a list of backends': '後端清單',
  'cannot resolve {}: {}': '無法解析 {}：{}',
  'cannot read {}: {}': '無法讀取 {}：{*}',
  'the key is empty; a rule set without rules is {}': '鍵是空的；沒有規則的規則集請寫 {}',
  'not readable': '無法讀取',
  'a config is one document; take the line --- and what follows it out':
    '設定檔只能有一份文件；請移除 --- 那一行與其後的內容',
  'unexpected {} here; a value that has brackets, braces, commas, # or ": " in it needs quotes':
    '這裡不應有 {*}；含有括號、大括號、逗號、# 或「: 」的值需要加引號',
  'the listener has no certificate: give tls.certificates, or tls.local: true':
    '監聽器沒有憑證：請設定 tls.certificates，或 tls.local: true',
  'missing: the file of the authorities whose certificates clients must have': '缺少：用戶端憑證所屬憑證授權單位的檔案',
  '*{} stands for nothing, as no &{} is above it; a value that begins with * needs quotes':
    '*{} 沒有對應的內容，因為上方沒有 &{2}；以 * 開頭的值需要加引號',
  '*{} stands within what it stands for, which would never end': '*{} 位於它自己代表的內容之中，展開永遠不會結束',
  'too many lists and maps within each other': '清單與對應表的巢狀層數過多',
  'this key is given twice, in line {} already; take one of the two out':
    '這個鍵出現兩次，第 {} 行已有；請移除其中一個',
  'this key is given twice{}; take one of the two out': '這個鍵出現兩次{}；請移除其中一個',
  'Tabs are not allowed as indentation': '不能用 Tab 縮排',
  'this value has a key in it; a value with ": " in it needs quotes, and the keys of one map begin in the same column':
    '這個值裡有鍵；含有「: 」的值需要加引號，同一層的鍵必須從同一欄開始',
  'Implicit keys need to be on a single line': '鍵必須寫在同一行',
  'Implicit map keys need to be followed by map values': '鍵之後必須有冒號與值',
  'All mapping items must start at the same column': '同一層的鍵必須從同一欄開始',
  'All sequence items must start at the same column': '同一層的清單項目必須從同一欄開始',
  'Comments must be separated from other tokens by white space characters': '註解前必須有空白',
  'Flow {} in block collection must be sufficiently indented and end with a {}': '括號中的內容必須縮排，並以 {2} 結尾',
  'Flow {} must end with a {}': '括號中的內容必須以 {2} 結尾',
  'Missing closing {}': '缺少結尾的 {}',
  'Unresolved alias{}': '找不到別名{}',
};

/** What is wrong with a config or a drill. */
export const zhTwConfigTexts: EngineTexts = { ...SHAPES, ...NAMES, ...PARTS, ...DRILLS, ...DOCUMENTS };

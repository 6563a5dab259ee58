import type { EngineTexts } from '../engine-text.ts';
import { zhTwNginxTexts } from './import-nginx.ts';

/** Where in the file, and what it is. */
const PLACES: EngineTexts = {
  'line {}': '第 {} 行',
  'line {}, column {}: {}': '第 {} 行第 {} 欄：{}',
  'entry {}': '第 {} 筆',
  'rule {}, pair {}': '規則 {}，第 {} 組',
  'rewrite set {}': '改寫集 {}',
  'rewrite set {}, rule {}': '改寫集 {}，規則 {}',
  'map remote {}': '對應遠端 {}',
  'map local {}': '對應本機 {}',
  'block list {}': '封鎖清單 {}',
  'the tool {}': '工具 {}',
  'pool {}': '集區 {}',
  'rule type {}': '規則類型 {}',
  '(no URL)': '（沒有網址）',
  'add {}': '新增 {}',
  'remove {}': '移除 {}',
  'remove parameter {}': '移除參數 {}',
  'modify {}': '修改 {}',
  'parameter {}': '參數 {}',
  'host {} to {}': '主機 {} 改為 {}',
  'status {} to {}': '狀態 {} 改為 {}',
};

const ANY_FORMAT: EngineTexts = {
  'this is none of {}; name the format if it is one of them': '這不是 {} 中的任何一種；若是其中之一，請指定格式',
  'this is not JSON: {}': '這不是 JSON：{}',
  'this is not XML: {}': '這不是 XML：{}',
  '{}; it would have been {}': '{*}；原本會是 {}',
  'it does not fit the config': '它不符合設定檔的格式',
  'a request has one Host, which can be set, not removed': '請求只有一個 Host，可以設定，不能移除',
  'it has no counterpart here': '這裡沒有對應的功能',
};

const CHARLES: EngineTexts = {
  'there are no settings of Charles in it; export Rewrite, Map Remote, Map Local or Block List':
    '其中沒有 Charles 的設定；請匯出 Rewrite、Map Remote、Map Local 或 Block List',
  'no action rewrites the whole URL; use mapRemote and a path action':
    '沒有能改寫整個網址的動作；請使用 mapRemote 與路徑動作',
  'this type of rule is not known': '不認得這類規則',
  'it has no name of a header': '它沒有標頭名稱',
  'a header is removed by its name, or by one such as x-internal-*': '標頭依名稱移除，或以 x-internal-* 這樣的名稱移除',
  'it is not for one header by name': '它不是針對單一名稱的標頭',
  'headers are not renamed; delete {} and set {}': '標頭不能改名；請刪除 {} 並設定 {}',
  'at every place, not at the first only': '作用於每一處，而不只是第一處',
  'a host is set as a whole, without parts of the old one': '主機是整個設定的，不能用原主機的一部分',
  'it has no name of a parameter': '它沒有參數名稱',
  'takes the place of one that is there': '會取代現有的參數',
  'it is not for one parameter by name': '它不是針對單一名稱的參數',
  'its new status is no number': '它的新狀態不是數字',
  'for every status: the pattern is left out': '套用於所有狀態：略過樣式',
  'it has no rules': '它沒有規則',
  'its destination has no host; use a path action': '它的目的地沒有主機；請使用路徑動作',
  'the query of its destination is left out': '略過它目的地的查詢字串',
};

const REQUESTLY: EngineTexts = {
  'expected a list of rules, each with ruleType and pairs': '應為規則清單，每條規則有 ruleType 與 pairs',
  'it has no pairs of a condition and a change': '它沒有成對的條件與變更',
  'a condition on {} has no counterpart': '{} 的條件沒有對應的功能',
  'its filter {} is left out, so that it acts on more requests': '略過它的篩選 {}，因此會作用於更多請求',
  'the operator {} has no counterpart': '運算子 {} 沒有對應的功能',
  'without its body, if it had one: the file does not say': '不含主體（如果有的話）：檔案沒有說明',
  'it puts scripts into pages; a body action can insert text': '它把指令碼放入頁面；主體動作可以插入文字',
  'rules of the kind {} are not known': '不認得 {} 類的規則',
  'a change of a header without its name': '標頭的變更沒有名稱',
  'its destination has parts of the URL ($1); make a route with a redirect of it':
    '它的目的地含有網址的一部分（$1）；請改用有重新導向的路由',
  'it has no destination': '它沒有目的地',
  'as an answer with 307, which clients follow': '以 307 回應，用戶端會跟隨',
  'it does not say what to replace': '它沒有說明要取代什麼',
  '{} is a host, and {} is none': '{} 是主機，而 {*} 不是',
  'it replaces a part of the URL that has host and path; use mapRemote':
    '它取代含主機與路徑的部分網址；請使用 mapRemote',
  'in the path only, at every place': '只在路徑中，每一處',
  'it removes all parameters; name them in a query action': '它移除所有參數；請在查詢動作中列出名稱',
  '{} is also set where it is there already': '{} 已存在時也會設定',
  'it changes no parameter': '它沒有變更任何參數',
  'its code uses another interface; see docs/scripts.md': '它的程式碼使用另一種介面；請見 docs/scripts.md',
  'it changes neither status nor body': '它既沒有變更狀態，也沒有變更主體',
};

/** HAR files, as rules and as exchanges. */
const HAR: EngineTexts = {
  'log.entries: expected the list of a HAR file': 'log.entries：應為 HAR 檔案的清單',
  'its URL cannot be read': '無法讀取它的網址',
  'its URL cannot be read: {}': '無法讀取它的網址：{}',
  '{}// is not HTTP': '{}// 不是 HTTP',
  '{}: is not HTTP': '{}: 不是 HTTP',
  'a WebSocket has no answer to give': 'WebSocket 沒有可回應的內容',
  '{} is the same request and answers it': '{} 是相同的請求，由它回應',
  'without its body of {} bytes, which the file does not have': '不含它的主體（{} 位元組），檔案中沒有',
  'without its body, which is not text; keep it as a file and name it in bodyFile':
    '不含它的主體，因為不是文字；請存成檔案並以 bodyFile 指定',
  'without its body of more than 256 KiB; keep it as a file and name it in bodyFile':
    '不含它超過 256 KiB 的主體；請存成檔案並以 bodyFile 指定',
  'it breaks off {}': '檔案{*}',
  'text behind its end, {} long': '檔案結尾之後的文字（{} 個字元）',
  'in the middle of entry {}': '在第 {} 筆中途中斷',
  'after entry {}': '在第 {} 筆之後中斷',
  'it has {} characters': '它有 {} 個字元',
  'numbers that are none, commas at the end or line breaks in a text were mended':
    '已修正不是數字的數值、結尾的逗號或文字中的換行',
  'it is not JSON: {}': '它不是 JSON：{}',
  'it cannot be read': '無法讀取',
  'it has no request': '它沒有請求',
  'it has no method; GET is taken': '它沒有方法；視為 GET',
  'its time is no date; it is shown at the time of the import': '它的時間不是日期；以匯入的時間顯示',
  'headers without a name are left out': '略過沒有名稱的標頭',
  'values of headers that are no text are left empty': '不是文字的標頭值留空',
  'its headers are no list': '它的標頭不是清單',
  'its postData is no object; it is shown without a body': '它的 postData 不是物件；顯示時沒有主體',
  'the size of its body is none and does not count': '它的主體大小不是大小，不予計算',
  'the text of a body is no text': '主體的文字不是文字',
  'its status {} is taken as {}': '狀態碼 {} 視為 {}',
  'pseudo-headers such as :authority are left out': '略過 :authority 等虛擬標頭',
  'a form is told only by its fields; its text was made from them': '表單只有欄位；文字由欄位組成',
  'a body with the encoding {} is taken as text': '編碼為 {} 的主體視為文字',
  'a body is said to be base64 and is not; it is taken as text': '主體標示為 base64 但不是；視為文字',
  'it has no response': '它沒有回應',
  'its status {} is none; it is shown without a response': '它的狀態 {} 不是狀態；顯示為沒有回應',
  'its response has no content; it is shown without a body': '它的回應沒有內容；顯示為沒有主體',
  'Charles says {}': 'Charles 的說明：{}',
  'it has no timings, only its time as a whole': '它沒有各階段時間，只有總時間',
  '{} of its timings is no time and counts as none': '它的 {} 不是時間，視為沒有',
  'messages that were neither sent nor received are left out': '略過既未送出也未收到的訊息',
  'content-encoding left out: bodies in a HAR are decoded': '略過 content-encoding：HAR 中的主體已解碼',
  'imported from {}': '匯入自 {}',
  '{} is no method': '{} 不是方法',
  'control characters in its status text became spaces': '狀態文字中的控制字元已改為空格',
  'control characters in headers became spaces': '標頭中的控制字元已改為空格',
  'control characters in its URL are percent-encoded': '網址中的控制字元已改用百分號編碼',
  '{} left out: {}': '略過 {}：{*}',
  'it is no HTTP message: {}': '它不是 HTTP 訊息：{*}',
  'it has no URL': '它沒有網址',
  'name and password in its URL are left out': '略過網址中的名稱與密碼',
  'headers whose name is none are left out, such as {}': '略過名稱無效的標頭，例如 {}',
  'more than one Host: only the first is kept': '有多個 Host：只保留第一個',
};

/** The report of an import, of rules or of exchanges. */
export const zhTwImportTexts: EngineTexts = {
  ...PLACES,
  ...ANY_FORMAT,
  ...CHARLES,
  ...REQUESTLY,
  ...zhTwNginxTexts,
  ...HAR,
};

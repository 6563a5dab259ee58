import type { EngineTexts } from '../engine-text.ts';

/** What becomes of a listener's guards. */
export const zhTwExportListeners: EngineTexts = {
  'TLS: the listener takes no connection': 'TLS：此監聽器不接受任何連線',
  'require: the listener takes no connection': 'require：此監聽器不接受任何連線',
  'require: the listener has no routes': 'require：此監聽器沒有路由',
  '{} needs the certificates of the authorities: set tls.client.ca': '{} 需要憑證授權單位的憑證：請設定 tls.client.ca',
  '{} asks for no certificate without tls.client.ca': '沒有 tls.client.ca 時 {} 不要求憑證',
  'the authorities are those of the machine, not those of Node.js': '憑證授權單位以該電腦的為準，而不是 Node.js 的',
  'nginx wants the header of every client, and closes other connections':
    'nginx 要求每個用戶端都送出此標頭，其他連線一律關閉',
  'Envoy takes connections of trusted proxies only': 'Envoy 只接受信任的代理的連線',
  'Traefik asks for certificates by host name, not by entry point: all get what the least asks, {}':
    'Traefik 依主機名稱而不是依 entry point 要求憑證：全部採用要求最少者的 {}',
  certificates: '憑證',
  '# in a path': '路徑中的 #',
  '{} passes it on as %23, Switchyard answers 400': '{} 會以 %23 轉送，Switchyard 回應 400',
  'Traefik has those of all listeners in one place; a client that names none of their hosts gets the first of listener {}':
    'Traefik 把所有監聽器的憑證放在一起；用戶端指名的主機不在其中時，會得到監聽器 {} 的第一張',
  "names in backends' certificates": '後端憑證中的名稱',
  '{} refuses those that have a common name alone': '{} 拒絕只有 common name 的憑證',
  '{} takes *.test for a.test': '{} 把 *.test 當成 a.test',
  'early hints (103)': '提前提示（103）',
  'nginx before 1.29.0 takes those of a backend for its answer: rules act on them alone, and HTTP/2 breaks off':
    'nginx 1.29.0 之前會把後端的提前提示當成回應：規則只對它們生效，HTTP/2 會中斷',
  'requests that are repaired': '被修正的請求',
  '{} takes HTTP/1.2, folded lines, a second Content-Length or one beside Transfer-Encoding, and HTTP/2 with another host than :authority, which Switchyard refuses':
    '{} 接受 HTTP/1.2、折行的標頭、重複或與 Transfer-Encoding 並存的 Content-Length，以及 host 與 :authority 不同的 HTTP/2；Switchyard 會拒絕',
  '{} (it closes everything that comes to it)': '{*}（關閉所有到達的請求）',
  '{} (it closes more than it did)': '{*}（關閉的範圍比原本大）',
  'the pattern asks a parameter for the edge of a word': '樣式對參數比對單字的邊界',
  '{} (it may stand open)': '{*}（可能不會關閉）',
  'what it asks for is changed by an earlier rule, which is not mapped':
    '它比對的內容由前面的規則變更，而該規則沒有對應',
  'it asks for `Upgrade: websocket` alone, whatever Connection says': '只比對 `Upgrade: websocket`，不看 Connection',
  'answers of {} itself to HTTP/2': '{} 自己對 HTTP/2 的回應',
  'to a request with a body, they may break off before a client such as curl has read them':
    '對有主體的請求，可能在 curl 等用戶端讀完之前就中斷',
  'a pool of one backend': '只有一個後端的集區',
  'nginx tries no backend twice': 'nginx 不會對同一後端重試',
  'the pattern asks a parameter for lines': '樣式對參數比對行首行尾',
  '{} (a second {} opens it)': '{*1}（第二個 {2} 會讓它放行）',
  'there, the first of several is not asked alone': '那裡比對的不只是多個中的第一個',
};

import type { EngineTexts } from '../engine-text.ts';

/** What made a handshake with a backend fail; the engine adds the code that OpenSSL has for it. */
const BACKEND_HANDSHAKES: EngineTexts = {
  'its certificate is self-signed; give it as tls.ca of its pool, or set tls.verify: false there':
    '其憑證為自簽；請在其集區將它設為 tls.ca，或設定 tls.verify: false',
  'its certificate comes from an authority that is not trusted; give that authority as tls.ca of its pool':
    '其憑證來自不受信任的授權單位；請在其集區將該授權單位設為 tls.ca',
  'the authority of its certificate is unknown; give it as tls.ca of its pool':
    '不認識簽發其憑證的授權單位；請在其集區將它設為 tls.ca',
  'it sends no intermediate certificate and its authority is unknown; have it send the whole chain, or give the authority as tls.ca of its pool':
    '它沒有送出中繼憑證，且授權單位不明；請讓它送出完整的憑證鏈，或在其集區將授權單位設為 tls.ca',
  'the signature of its certificate is wrong': '其憑證的簽章錯誤',
  'its certificate has expired': '其憑證已過期',
  'its certificate is not valid yet; compare the clocks': '其憑證尚未生效；請比對雙方時鐘',
  'its certificate was revoked': '其憑證已被撤銷',
  'its certificate was rejected': '其憑證被拒絕',
  'its certificate is not trusted': '其憑證不受信任',
  'its certificate is not for servers (extended key usage)': '其憑證不適用於伺服器（extended key usage）',
  'a certificate in its chain is no authority’s': '其憑證鏈中有一張不是授權單位的憑證',
  'its certificate chain is longer than an authority in it allows': '其憑證鏈比其中的授權單位所允許的更長',
  'its certificate chain is too long': '其憑證鏈過長',
  'the key of its certificate is too small': '其憑證的金鑰過短',
  'the key of its authority is too small': '其授權單位的金鑰過短',
  'its certificate is signed with a hash that is too weak': '其憑證以過弱的雜湊簽署',
  'it does not speak TLS on this port; use an http:// URL if it is meant to':
    '此連接埠不使用 TLS；若本應如此，請改用 http:// 網址',
  'it only speaks a TLS version that is too old': '它只支援過舊的 TLS 版本',
  'it refused the TLS version': '它拒絕此 TLS 版本',
  'it refused the handshake: no cipher in common, or it wants a client certificate (tls.cert, tls.key)':
    '它拒絕交握：沒有共同的加密方式，或要求用戶端憑證（tls.cert、tls.key）',
  'it wants a client certificate; give tls.cert and tls.key': '它要求用戶端憑證；請設定 tls.cert 與 tls.key',
  'it does not accept the client certificate': '它不接受用戶端憑證',
  'the client certificate has expired': '用戶端憑證已過期',
  'it does not know the authority of the client certificate': '它不認識簽發用戶端憑證的授權單位',
  'it does not let the client certificate in': '它不允許此用戶端憑證',
  'it has no certificate for the name; set tls.serverName': '它沒有此名稱的憑證；請設定 tls.serverName',
  'it does not speak the protocol of the pool (ALPN)': '它不支援集區的協定（ALPN）',
  'it failed with an internal error of its own': '它發生了內部錯誤',
};

/** The same with clients. */
const CLIENT_HANDSHAKES: EngineTexts = {
  'the client does not trust the certificate; have it trust the local authority (`switchyard ca`)':
    '用戶端不信任此憑證；請讓它信任本機憑證授權單位（`switchyard ca`）',
  'the client says that the certificate has expired; compare the clocks': '用戶端表示憑證已過期；請比對雙方時鐘',
  'the client showed no certificate, and tls.client.mode is require':
    '用戶端沒有出示憑證，而 tls.client.mode 為 require',
  'the client’s certificate is not of an authority in tls.client.ca': '用戶端憑證不是由 tls.client.ca 中的授權單位簽發',
  'the client’s certificate has expired': '用戶端憑證已過期',
  'the client’s certificate is not trusted': '用戶端憑證不受信任',
  'the client’s certificate is not valid yet; compare the clocks': '用戶端憑證尚未生效；請比對雙方時鐘',
  'the client’s certificate is not for clients (extended key usage)':
    '用戶端憑證不是給用戶端用的（extended key usage）',
  'the client only speaks TLS versions before 1.2': '用戶端只支援 1.2 以前的 TLS 版本',
  'there is no cipher that both sides know': '雙方沒有共同的加密方式',
  'the client speaks none of the listener’s protocols (ALPN)': '用戶端不支援監聽器的任何協定（ALPN）',
  'the handshake was not done within 10 s': '交握未在 10 秒內完成',
  'the client closed the connection during the handshake; it may not trust the certificate':
    '用戶端在交握途中關閉了連線；它可能不信任此憑證',
};

const HANDSHAKES: EngineTexts = {
  'TLS failed: {}': 'TLS 失敗：{*}',
  'TLS with the client failed: {}': '與用戶端的 TLS 失敗：{*}',
  'it closed the connection during the handshake': '它在交握途中關閉了連線',
  'its certificate names no host, not for {}; set tls.serverName ({})':
    '其憑證沒有指明主機，不適用於 {}；請設定 tls.serverName（{}）',
  'its certificate is for {}, not for {}; set tls.serverName ({})':
    '其憑證適用於 {}，不適用於 {}；請設定 tls.serverName（{}）',
  ...BACKEND_HANDSHAKES,
  ...CLIENT_HANDSHAKES,
  ...withCode(BACKEND_HANDSHAKES),
  ...withCode(CLIENT_HANDSHAKES),
};

function withCode(texts: EngineTexts): EngineTexts {
  return Object.fromEntries(Object.entries(texts).map(([english, text]) => [`${english} ({})`, `${text}（{}）`]));
}

/** What makes a message none of HTTP; the engine adds the section of the RFC. */
const MESSAGES: EngineTexts = {
  '{} (RFC {})': '{*}（RFC {}）',
  'a chunk-size line that is too long': '區塊大小行過長',
  'a bad chunk size': '區塊大小不正確',
  'chunk data that does not end with CRLF': '區塊資料沒有以 CRLF 結尾',
  'a trailer line ends in a bare LF': '有一行尾部標頭只以 LF 結尾',
  'the value of {} holds a control character': '{} 的值含有控制字元',
  'a folded header line': '折行的標頭',
  'a header line without a name': '沒有名稱的標頭行',
  'white space before the colon of a header': '標頭的冒號前有空白',
  'a header line that is not name: value': '標頭行不是「名稱: 值」的形式',
  'both Content-Length and Transfer-Encoding': '同時有 Content-Length 與 Transfer-Encoding',
  'more than one Content-Length': '有多個 Content-Length',
  'Content-Length is not a number: {}': 'Content-Length 不是數字：{}',
  'Transfer-Encoding in HTTP/1.0': 'HTTP/1.0 中出現 Transfer-Encoding',
  'chunked twice': 'chunked 出現兩次',
  'Transfer-Encoding {}: only chunked alone': 'Transfer-Encoding {}：只能單獨使用 chunked',
  'it begins with no start line of HTTP/1': '開頭不是 HTTP/1 的起始行',
  'the request line does not start with a method': '請求行不是以方法開頭',
  'the request line is not: method target version': '請求行不是「方法 目標 版本」的形式',
  'the request line does not end with HTTP/1.1': '請求行不是以 HTTP/1.1 結尾',
  'CONNECT with a body: what follows it belongs to the tunnel': 'CONNECT 帶有主體：其後的內容屬於隧道',
  'more than one Host': '有多個 Host',
  'no Host': '沒有 Host',
  'an empty Host': 'Host 是空的',
  'a bare CR': '單獨的 CR',
  'a control character in the reason phrase': '原因短語中有控制字元',
  'not an HTTP/1 status line: {}': '不是 HTTP/1 的狀態行：{}',
  'the request target holds a forbidden character': '請求目標含有不允許的字元',
  'the request target is neither a path nor a URL': '請求目標既不是路徑也不是網址',
  'credentials in the request target': '請求目標中有帳密',
  'a URL without a host': '網址沒有主機',
  'not a host: {}': '不是主機：{}',
  'an unknown pseudo-field {}': '未知的偽標頭 {}',
  'more than one host': '有多個主機',
  'neither :authority nor host': '既沒有 :authority 也沒有 host',
  'a host that is not :authority': 'host 與 :authority 不同',
  ':protocol without CONNECT': ':protocol 沒有搭配 CONNECT',
  'a pseudo-field behind the others': '偽標頭排在其他標頭之後',
  'a second pseudo-field of that name': '同名的偽標頭重複出現',
  'a name that is no token': '名稱含有不允許的字元',
  'an upper-case name': '名稱有大寫字母',
  'a field of HTTP/1 connections': 'HTTP/1 連線專用的標頭',
  'TE other than trailers': 'TE 不是 trailers',
};

/** Why the messages of a WebSocket are not shown to its end. */
const WEBSOCKETS: EngineTexts = {
  'from the client: {}': '來自用戶端：{*}',
  'from the server: {}': '來自伺服器：{*}',
  'a reserved bit is set': '設定了保留位元',
  'the bit for compression stands where none can be': '壓縮位元出現在不允許之處',
  'compressed, though that was not agreed on': '已壓縮，但雙方並未協議壓縮',
  'a client’s frame is not masked': '用戶端的訊框沒有遮罩',
  'a server’s frame is masked': '伺服器的訊框有遮罩',
  'a control frame is fragmented': '控制訊框被分段',
  'a control frame is longer than 125 bytes': '控制訊框超過 125 位元組',
  'a frame is longer than {} bytes': '訊框超過 {} 位元組',
  'opcode {} is not defined': '未定義的 opcode {}',
  'a message comes in more than {} frames': '訊息分成超過 {} 個訊框',
  'a continuation of nothing': '沒有可接續的訊息',
  'a new message in the middle of another': '在另一個訊息中途開始新訊息',
  'a text message is not UTF-8': '文字訊息不是 UTF-8',
  'half a close code': '關閉代碼不完整',
  'close code {} may not be sent': '不允許送出關閉代碼 {}',
  'the reason of a close is not UTF-8': '關閉原因不是 UTF-8',
  'a message is longer than {} bytes': '訊息超過 {} 位元組',
  'compressed messages grow by more than can be looked at beside the traffic':
    '壓縮訊息膨脹過大，無法在不影響流量的情況下檢視',
  'a compressed message cannot be inflated: {}': '無法解壓縮訊息：{}',
};

/** What comes before the first request of a connection. */
const ENTRANCE: EngineTexts = {
  'this listener speaks TLS; use https://': '此監聽器使用 TLS；請改用 https://',
  'this listener does not speak TLS; use http://': '此監聽器不使用 TLS；請改用 http://',
  'this listener speaks HTTP/2 only': '此監聽器只支援 HTTP/2',
  '{} may not be used (EACCES); choose a port above 1023': '不允許使用 {}（EACCES）；請選擇 1023 以上的連接埠',
  '{} is no address of this machine (EADDRNOTAVAIL)': '{} 不是這台電腦的位址（EADDRNOTAVAIL）',
  'the connection does not start with a PROXY header': '連線不是以 PROXY 標頭開頭',
  'the PROXY line is longer than 107 bytes': 'PROXY 行超過 107 位元組',
  'the PROXY line is not: TCP4 or TCP6, two addresses, two ports':
    'PROXY 行不是「TCP4 或 TCP6、兩個位址、兩個連接埠」的形式',
  'the PROXY line holds no {} addresses': 'PROXY 行中沒有 {} 位址',
  'the PROXY line holds no ports': 'PROXY 行中沒有連接埠',
  'the PROXY header has an unknown version or command': 'PROXY 標頭的版本或命令不明',
  'the PROXY header is longer than {} bytes': 'PROXY 標頭超過 {} 位元組',
  'the PROXY header has an unknown address family': 'PROXY 標頭的位址類型不明',
  'the PROXY header is too short for its addresses': 'PROXY 標頭太短，容不下位址',
  'a field of the PROXY header goes beyond its end': 'PROXY 標頭有欄位超出結尾',
  'the checksum of the PROXY header is wrong': 'PROXY 標頭的檢查碼錯誤',
  'SOCKS version {} is not supported': '不支援 SOCKS 版本 {}',
  'the client insists on authentication': '用戶端堅持要驗證身分',
  'the request is not one of SOCKS5': '不是 SOCKS5 的請求',
  'SOCKS command {} is not supported, only CONNECT': '不支援 SOCKS 命令 {}，只支援 CONNECT',
  'the request has no address of a known type': '請求中沒有已知類型的位址',
  'the request names no host and port': '請求沒有指明主機與連接埠',
};

/** The local certificate authority. */
const AUTHORITY: EngineTexts = {
  'cannot open the local certificate authority: {}': '無法開啟本機憑證授權單位：{}',
  'the local certificate authority is damaged: the file holds {}. Put back a copy of it; or remove it to have a new authority made, which clients must then be told to trust.':
    '本機憑證授權單位已損壞：檔案中{*}。請放回備份；或將它移除以建立新的授權單位，之後用戶端必須重新信任。',
  'the local certificate authority expired on {}. Put back a copy of it; or remove it to have a new authority made, which clients must then be told to trust.':
    '本機憑證授權單位已於 {} 過期。請放回備份；或將它移除以建立新的授權單位，之後用戶端必須重新信任。',
  'no certificate': '沒有憑證',
  'no private key': '沒有私密金鑰',
  'a key that is not its certificate’s': '的金鑰與憑證不符',
  'a certificate that is not an authority’s': '的憑證不屬於授權單位',
  'something unreadable': '有無法讀取的內容',
  '{} could be read by others (mode {}); it is 0600 now. Make a new authority if someone may have copied it.':
    '{} 原本可被他人讀取（模式 {}）；現已改為 0600。若可能有人複製過，請建立新的授權單位。',
};

export const zhTwProtocolTexts: EngineTexts = {
  ...HANDSHAKES,
  ...MESSAGES,
  ...WEBSOCKETS,
  ...ENTRANCE,
  ...AUTHORITY,
};

/** A cURL command as a request: what curl would send, less what it adds by itself. Pure. */
import type { HeaderLines } from '../../../proxy-engine/contract/exchange.ts';
import { globIn, withoutDots, withQuery } from './curl-url.ts';
import { type FormPart, multipart, readPart } from './form-parts.ts';
import { looksLikeCurl } from './looks-like-curl.ts';
import { type CurlOption, isMissed, readOptions } from './options.ts';
import { shellWords } from './shell-words.ts';
import { timeCondition } from './time-condition.ts';

/** What could not come along. */
export type CurlNote =
  | { kind: 'file'; what: string }
  | { kind: 'option'; what: string }
  | { kind: 'url'; what: string };

export interface CurlRequest {
  method: string;
  url: string;
  headers: HeaderLines;
  body: string;
  notes: CurlNote[];
}

export type CurlMistake = 'not curl' | 'open quote' | 'no url';

export function readCurl(text: string): CurlRequest | CurlMistake {
  if (!looksLikeCurl(text)) return 'not curl';
  const words = shellWords(text.replace(/^\s*\$ /, ''));
  if (words === null) return 'open quote';
  const draft = new CurlDraft();
  for (const option of readOptions(words.slice(1))) draft.take(option);
  return draft.url === '' ? 'no url' : draft.request();
}

class CurlDraft {
  url = '';
  #method = '';
  #globs = true;
  #keepsDots = false;
  #head = false;
  #get = false;
  #ended = false;
  readonly #headers: HeaderLines = [];
  /** In lower case. */
  readonly #without = new Set<string>();
  readonly #cookies: string[] = [];
  readonly #data: string[] = [];
  readonly #json: string[] = [];
  readonly #parts: FormPart[] = [];
  #login: string | null = null;
  /** Other ways than Basic to log in: curl sends no password by itself then. */
  #asksFirst = false;
  readonly #query: string[] = [];
  readonly #notes: CurlNote[] = [];

  take(option: CurlOption): void {
    if (this.#ended) return;
    if ('word' in option) this.#takeUrl(option.word);
    else this.#takeOption(option.name, option.value);
  }

  #takeUrl(url: string): void {
    if (this.url === '') this.url = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`;
    else this.#notes.push({ kind: 'url', what: url });
  }

  #takeOption(name: string, value: string): void {
    switch (name) {
      case 'url':
        return this.#takeUrl(value);
      case 'request':
        this.#method = value;
        return;
      case 'head':
        this.#head = true;
        return;
      case 'get':
        this.#get = true;
        return;
      case 'url-query':
        this.#addQuery(value);
        return;
      case 'digest':
      case 'ntlm':
      case 'negotiate':
      case 'anyauth':
        this.#asksFirst = true;
        this.#notes.push({ kind: 'option', what: `--${name}` });
        return;
      case 'globoff':
        this.#globs = false;
        return;
      case 'path-as-is':
        this.#keepsDots = true;
        return;
      case 'next':
        this.#ended = true;
        this.#notes.push({ kind: 'option', what: '--next' });
        return;
      default:
        if (!this.#takeHeader(name, value) && !this.#takeBody(name, value) && isMissed(name))
          this.#notes.push({ kind: 'option', what: `--${name}` });
    }
  }

  #takeHeader(name: string, value: string): boolean {
    switch (name) {
      case 'header':
        this.#addLine(value);
        return true;
      case 'user-agent':
        this.#set('User-Agent', value);
        return true;
      case 'referer':
        this.#set('Referer', value.replace(/;auto$/, ''));
        return true;
      case 'time-cond':
        return this.#takeTime(value);
      case 'range':
        this.#set('Range', `bytes=${value}`);
        return true;
      case 'user':
        this.#login = value;
        return true;
      case 'oauth2-bearer':
        this.#set('Authorization', `Bearer ${value}`);
        return true;
      case 'compressed':
        this.#set('Accept-Encoding', 'deflate, gzip, br, zstd');
        return true;
      case 'cookie':
        if (value.includes('=')) this.#cookies.push(value);
        else if (value !== '') this.#notes.push({ kind: 'file', what: value });
        return true;
      default:
        return false;
    }
  }

  /** False: it is told as what did not come along. */
  #takeTime(value: string): boolean {
    const header = timeCondition(value);
    if (header) this.#set(...header);
    return header !== null;
  }

  /** As `--data-urlencode`, but what follows a plus sign stays as it is. */
  #addQuery(value: string): void {
    const file = value.startsWith('+') ? undefined : encodedFile(value);
    if (file !== undefined) this.#notes.push({ kind: 'file', what: file });
    else this.#query.push(value.startsWith('+') ? value.slice(1) : urlEncoded(value));
  }

  /** `Name: value`; `Name;` is an empty one, `Name:` takes away what curl would add. */
  #addLine(line: string): void {
    if (line.startsWith('@')) {
      this.#notes.push({ kind: 'file', what: line.slice(1) });
      return;
    }
    const colon = line.indexOf(':');
    if (colon > 0) {
      const value = line.slice(colon + 1).trim();
      const name = line.slice(0, colon).trim();
      if (value === '') this.#without.add(name.toLowerCase());
      else this.#headers.push([name, value]);
    } else if (line.endsWith(';')) this.#headers.push([line.slice(0, -1).trim(), '']);
    else if (line.trim() !== '') this.#notes.push({ kind: 'option', what: `--header ${line.trim()}` });
  }

  #takeBody(name: string, value: string): boolean {
    switch (name) {
      case 'data':
      case 'data-ascii':
      case 'data-binary':
        this.#addData(value, (text) => text);
        return true;
      case 'data-raw':
        this.#data.push(value);
        return true;
      case 'data-urlencode':
        this.#addData(value, urlEncoded);
        return true;
      case 'json':
        if (value.startsWith('@')) this.#notes.push({ kind: 'file', what: value.slice(1) });
        this.#json.push(value.startsWith('@') ? '' : value);
        return true;
      case 'form':
      case 'form-string':
        this.#addPart(value, name === 'form');
        return true;
      default:
        return false;
    }
  }

  #addData(value: string, encode: (text: string) => string): void {
    const file = encode === urlEncoded ? encodedFile(value) : /^@(.*)$/s.exec(value)?.[1];
    if (file === undefined) this.#data.push(encode(value));
    else {
      this.#notes.push({ kind: 'file', what: file });
      this.#data.push('');
    }
  }

  #addPart(value: string, mayBeFile: boolean): void {
    const equals = value.indexOf('=');
    const [name, content] = [value.slice(0, Math.max(0, equals)), value.slice(equals + 1)];
    const part: FormPart = mayBeFile ? readPart(name, content) : { name, value: content };
    if (part.missing !== undefined) this.#notes.push({ kind: 'file', what: part.missing });
    for (const what of part.unread ?? []) this.#notes.push({ kind: 'option', what: `--form ${what}` });
    this.#parts.push(part);
  }

  /** What the command says itself stays. */
  #set(name: string, value: string): void {
    const lower = name.toLowerCase();
    if (value === '' || this.#without.has(lower)) return;
    if (!this.#headers.some(([known]) => known.toLowerCase() === lower)) this.#headers.push([name, value]);
  }

  request(): CurlRequest {
    const { body, type } = this.#body();
    if (this.#login !== null && !this.#asksFirst) this.#set('Authorization', `Basic ${base64(this.#login)}`);
    const glob = this.#globs ? globIn(this.url) : undefined;
    if (glob !== undefined) this.#notes.push({ kind: 'url', what: glob });
    if (this.#json.length > 0) this.#set('Accept', 'application/json');
    if (type !== '') this.#set('Content-Type', type);
    if (this.#cookies.length > 0) this.#set('Cookie', this.#cookies.join('; '));
    const usual = this.#head ? 'HEAD' : type !== '' ? 'POST' : 'GET';
    return {
      method: this.#method || usual,
      url: withQuery(
        this.#keepsDots ? this.url : withoutDots(this.url),
        this.#get ? [...this.#query, ...this.#data] : this.#query,
      ),
      headers: this.#headers,
      body,
      notes: this.#notes,
    };
  }

  /** `type` '': there is none. */
  #body(): { body: string; type: string } {
    if (this.#parts.length > 0) return multipart(this.#parts);
    if (this.#json.length > 0) return { body: this.#json.join(''), type: 'application/json' };
    if (this.#get || this.#data.length === 0) return { body: '', type: '' };
    return { body: this.#data.join('&'), type: 'application/x-www-form-urlencoded' };
  }
}

/** `@file` or `name@file`: behind an equals sign an `@` means nothing. */
function encodedFile(value: string): string | undefined {
  return value.includes('=') ? undefined : /^[^@]*@(.*)$/s.exec(value)?.[1];
}

/** `content`, `=content` or `name=content`: only the content is encoded. */
function urlEncoded(text: string): string {
  const equals = text.indexOf('=');
  const name = equals > 0 ? `${text.slice(0, equals)}=` : '';
  const encoded = encodeURIComponent(text.slice(equals + 1)).replace(/[!'()*]/g, percentEncoded);
  return name + encoded.replaceAll('%20', '+');
}

function percentEncoded(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

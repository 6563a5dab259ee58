/** Bodies in the real UI: each kind in its viewer, and hostile ones shown or refused clearly. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, startBackend } from '../support/backend.ts';
import { axeFindingsInBothThemes, launchBrowser, openWindow } from '../support/browser.ts';
import { delimited, grpcFrame } from '../support/grpc-frames.ts';
import { callSwitchyard, runSwitchyard, type Switchyard } from '../support/switchyard.ts';

const protobufFiles = join(import.meta.dirname, '../renderer/traffic/protobuf');
/** Another file of a name that is there. */
const otherShop = mkdtempSync(join(tmpdir(), 'other-shop-'));
writeFileSync(join(otherShop, 'shop.proto'), 'syntax = "proto3"; package other; message Shop { string name = 1; }');
writeFileSync(join(otherShop, 'notes.txt'), 'no types');
const MEBIBYTE = 1024 ** 2;
let web: Backend;
let switchyard: Switchyard;
let browser: Browser;
let page: Page;
/** Paths that the backend was asked for. */
const asked: string[] = [];

/** Sends one more event of the stream that is open, and ends it. */
let nextEvent: ((data: string) => void) | null = null;
let endEvents: (() => void) | null = null;

/** Tries to run a script, to load an image and to lead elsewhere. */
const html = () =>
  `<a href="/elsewhere" target="_self">Elsewhere</a><svg><a href="/elsewhere"><text y="20">Drawn</text></a></svg><h1>Hello frame</h1><script>document.body.textContent = 'ran'</script><img src="http://${switchyard.listeners.gateway}/from-frame">`;

const answers: Record<string, (response: ServerResponse) => void> = {
  '/page': (response) => response.setHeader('content-type', 'text/html').end(html()),
  '/protobuf': (response) =>
    response.setHeader('content-type', 'application/x-protobuf').end(Buffer.from([8, 0x96, 1, 18, 2, 104, 105])),
  '/grpc/shop.v1.Orders/Get': (response) =>
    response.setHeader('content-type', 'application/grpc').end(Buffer.from([0, 0, 0, 0, 4, 16, 9, 56, 1])),
  '/grpc': (response) =>
    response.setHeader('content-type', 'application/grpc').end(Buffer.from([0, 0, 0, 0, 4, 18, 2, 104, 105])),
  '/packed': (response) =>
    response
      .setHeader('content-type', 'application/grpc')
      .setHeader('grpc-encoding', 'gzip')
      .end(
        Buffer.concat([
          grpcFrame(gzipSync(textField('found inside')), 1),
          grpcFrame(gzipSync(Buffer.alloc(40 * MEBIBYTE)), 1),
          grpcFrame(textField('after the bomb')),
        ]),
      ),
  '/many': (response) =>
    response
      .setHeader('content-type', 'application/grpc')
      .end(
        Buffer.concat(Array.from({ length: 50_000 }, (_, n) => grpcFrame(textField(`the text of message ${n + 1}`)))),
      ),
  '/delimited': (response) =>
    response
      .setHeader('content-type', 'application/x-protobuf; delimited=true')
      .end(Buffer.concat(Array.from({ length: 2000 }, (_, n) => delimited(textField(`item ${n + 1}`))))),
  '/grpc-web-text': (response) =>
    response
      .setHeader('content-type', 'application/grpc-web-text')
      .end(
        [grpcFrame(textField('from the web')), grpcFrame('grpc-status: 5\r\ngrpc-message: gone\r\n', 0x80)]
          .map((frame) => frame.toString('base64'))
          .join(''),
      ),
  '/grpc-broken': (response) =>
    response
      .setHeader('content-type', 'application/grpc')
      .end(Buffer.concat([grpcFrame(textField('the last one')), Buffer.from('<html>')])),
  '/big5': (response) =>
    response.setHeader('content-type', 'text/plain; charset=big5').end(Buffer.from([0xba, 0x7e, 0xa6, 0x72])),
  '/declared-big5': (response) =>
    response
      .setHeader('content-type', 'text/html')
      .end(Buffer.concat([Buffer.from('<meta charset=big5><h1>'), Buffer.from([0xba, 0x7e, 0xa6, 0x72])])),
  '/untold-big5': (response) =>
    response.setHeader('content-type', 'text/plain').end(Buffer.from([0xba, 0x7e, 0xa6, 0x72])),
  '/feed.xml': (response) =>
    response
      .setHeader('content-type', 'application/xml')
      .end('<!DOCTYPE f [<!ENTITY e SYSTEM "file:///etc/passwd">]><f><item id="1">one</item><item>&e;</item></f>'),
  '/dot.png': (response) =>
    response
      .setHeader('content-type', 'image/png')
      .end(
        Buffer.from(
          'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
          'base64',
        ),
      ),
  '/invalid': (response) => response.setHeader('content-type', 'text/plain').end(Buffer.from([65, 0xff, 66])),
  '/bomb': (response) =>
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      .end(gzipSync(Buffer.alloc(100 * MEBIBYTE, 0x20))),
  '/headers': (response) => {
    for (let index = 0; index < 10_000; index++) response.setHeader(`x-${index}`, 'v');
    response.end();
  },
  '/huge.json': sendHugeJson,
  '/events': (response) => {
    nextEvent = (data) => void response.write(`event: tick\ndata: ${data}\n\n`);
    endEvents = () => void response.end();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    // A comment now and then, so that nobody takes the silence of a slow test for an end.
    const comments = setInterval(() => response.write(':\n\n'), 5000);
    response.once('close', () => clearInterval(comments));
    nextEvent('{"n":1,"text":"first"}');
  },
};

/** A protobuf message whose field 1 is a text. */
function textField(text: string): Buffer {
  return Buffer.from([10, text.length, ...Buffer.from(text)]);
}

/** An array of 100 MiB. */
function sendHugeJson(response: ServerResponse): void {
  response.setHeader('content-type', 'application/json');
  const piece = Buffer.from('{"name":"a value of some length","list":[1,2,3]},'.repeat(MEBIBYTE / 49));
  response.write('[');
  let left = Math.ceil((100 * MEBIBYTE) / piece.length);
  const more = (): void => {
    while (left-- > 0) if (!response.write(piece)) return void response.once('drain', more);
    response.end('0]');
  };
  more();
}

beforeAll(async () => {
  web = await startBackend('web', (request, response) => {
    asked.push(request.url ?? '');
    const answer = answers[request.url ?? ''];
    if (answer) answer(response);
    else response.end('ok');
  });
  switchyard = await runSwitchyard(`version: 1
listeners: { gateway: { address: '127.0.0.1:0' } }
routes: [{ name: all, pool: web }]
pools: { web: { backends: [{ name: a, url: '${web.url}' }], retry: { attempts: 1 } } }
capture: { bodies: 128MiB }
`);
  browser = await launchBrowser();
  ({ page } = await openWindow(browser, switchyard.ui, { viewport: { width: 1440, height: 860 } }));
});
afterAll(async () => {
  await browser?.close();
  await switchyard?.close();
  await web?.close();
  rmSync(otherShop, { recursive: true });
});

/** Sends a request and opens the tab of its exchange. */
async function open(path: string, tab: 'Overview' | 'Request' | 'Response', init?: RequestInit): Promise<void> {
  const response = await fetch(`http://${switchyard.listeners.gateway}${path}`, init);
  await response.arrayBuffer().catch(() => null);
  await page.getByRole('option').filter({ hasText: path }).first().click();
  await page.getByRole('heading', { level: 2 }).filter({ hasText: path }).waitFor();
  await page.getByRole('tab', { name: tab }).click();
}

const shows = (text: string | RegExp) => page.getByRole('tabpanel').getByText(text).first().waitFor();

test('a page is shown in a frame that runs and loads nothing', async () => {
  await open('/page', 'Response');
  await page.frameLocator('iframe').getByRole('heading', { name: 'Hello frame' }).waitFor();
  expect(asked).not.toContain('/from-frame');
  await expect.poll(() => page.locator('iframe').getAttribute('sandbox')).toBe('');
  for (const link of ['Elsewhere', 'Drawn']) await page.frameLocator('iframe').getByText(link).click();
  await page.frameLocator('iframe').getByText('Hello frame').click();
});

test('protobuf and gRPC as their fields', async () => {
  await open('/protobuf', 'Response');
  await shows('150');
  await shows('hi');
  await open('/grpc', 'Response');
  await shows('Message 1 · 4 B');
  await shows('hi');
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
});

test('compressed messages of gRPC are unpacked, a bomb among them is told, and a search finds what is in them', async () => {
  await open('/packed', 'Response');
  await shows('found inside');
  await shows(/^Message 1 · \d+ B · gzip, 14 B unpacked$/);
  await shows('Could not be decoded (more than 32 MiB when decoded); these are the bytes as sent.');
  await shows('after the bomb');
  const found = await callSwitchyard<{ total: number }>(switchyard, 'exchanges.query', {
    filter: 'body *= "found inside"',
  });
  expect(found.total).toBe(1);
});

test('every message of a long stream is within reach', async () => {
  await open('/many', 'Response');
  await shows('1 to 100 of 50,000');
  await shows('the text of message 100');
  await expect.poll(() => page.getByText(/^Part 1 of/).count()).toBe(0);
  await page.getByRole('button', { name: 'The last ones' }).click();
  await shows('the text of message 50000');
  await shows('49,901 to 50,000 of 50,000');
  await page.getByLabel('Go to number').fill('34567');
  await page.getByLabel('Go to number').press('Enter');
  await shows('34,567 to 34,666 of 50,000');
  await shows('the text of message 34567');
  await page.getByRole('button', { name: 'Those before these' }).click();
  await shows('34,467 to 34,566 of 50,000');
  await page.getByRole('button', { name: 'Hex', exact: true }).click();
  await shows(/^Part 1 of/);
  await open('/delimited', 'Response');
  await shows('1 to 100 of 2,000');
  await page.getByRole('button', { name: 'The next ones' }).click();
  await shows('item 200');
});

test('gRPC-Web as text: its messages, and the trailers at their end; what is no message is told', async () => {
  await open('/grpc-web-text', 'Response');
  await shows('from the web');
  await expect
    .poll(() => page.getByRole('table', { name: 'Trailers' }).getByRole('row').allTextContents())
    .toEqual(['grpc-status5', 'grpc-messagegone']);
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await open('/grpc-broken', 'Response');
  await shows('the last one');
  await shows(/no more messages, though there are more bytes \(no message begins at byte 19\)/);
});

test('a viewer that cannot be loaded says so in its place, and the rest of the page stays', async () => {
  await open('/protobuf', 'Response');
  const broken = await openWindow(browser, switchyard.ui, { viewport: { width: 1440, height: 860 } });
  // As when the program was replaced by a newer one while its window was open.
  await broken.page.route('**/protobuf-body-*.js', (route) => route.abort());
  await broken.page.getByRole('option').filter({ hasText: '/protobuf' }).first().click();
  await broken.page.getByRole('tab', { name: /^Response/ }).click();
  const panel = broken.page.getByRole('tabpanel');
  await panel.getByText(/^This could not be shown: .*import/).waitFor();
  await panel.getByRole('button', { name: 'Hex' }).click();
  await panel.getByText('00000000').waitFor();
  await panel.getByRole('button', { name: 'Protobuf' }).click();
  await broken.page.unroute('**/protobuf-body-*.js');
  await panel.getByRole('button', { name: 'Load the window again' }).click();
  await broken.page.getByRole('tab', { name: /^Response/, selected: true }).waitFor({ state: 'detached' });
  await broken.page.getByRole('option').filter({ hasText: '/protobuf' }).first().click();
  await broken.page.getByRole('tabpanel').getByText('varint').first().waitFor();
  await broken.page.close();
});

test('protobuf with its descriptors: names and types, by the method in the path or chosen by hand', async () => {
  await open('/grpc/shop.v1.Orders/Get', 'Response');
  await shows('Fields are shown by their numbers.');
  await page.getByRole('button', { name: 'Load types…' }).click();
  const dialog = page.getByRole('dialog');
  const choose = (files: string[]) => dialog.getByLabel('Choose a file').last().setInputFiles(files);
  await choose([join(protobufFiles, 'order.txtpb')]);
  await dialog
    .getByRole('alert')
    .filter({ hasText: 'order.txtpb: it cannot be read as a FileDescriptorSet' })
    .waitFor();
  await choose(['shop.proto', 'money.proto'].map((name) => join(protobufFiles, name)));
  await dialog.getByText('shop.proto was added: 8 messages, 2 methods.').waitFor();
  await dialog.getByLabel('Choose a folder').last().setInputFiles(otherShop);
  await dialog.getByText(/^other-shop-\w+ was added: 1 message\.$/).waitFor();
  await choose([join(otherShop, 'shop.proto')]);
  await dialog.getByText('Another set is called shop.proto.').waitFor();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Keep both' }).click();
  await dialog.getByText('shop.proto (2) was added: 1 message.').waitFor();
  await dialog.getByRole('button', { name: 'Delete shop.proto', exact: true }).waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await shows('priority');
  await shows('EXPRESS (1)');

  await open('/protobuf', 'Response');
  await page.getByRole('combobox', { name: 'Type' }).fill('shop.money.Money');
  await shows('does not fit its type');
  await page.getByRole('combobox', { name: 'Type' }).fill('shop.v1.Order');
  await page.getByText('does not fit its type').first().waitFor();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await page.goto('about:blank');
  await page.goto(switchyard.ui);
  await open('/protobuf', 'Response');
  await expect.poll(() => page.getByRole('combobox', { name: 'Type' }).inputValue()).toBe('shop.v1.Order');
});

test('of a form of many fields a part is shown, and the others are within reach', async () => {
  const fields = new URLSearchParams(Array.from({ length: 1200 }, (_, n) => [`f${n}`, `v ${n}`]));
  await open('/many-fields', 'Request', { method: 'POST', body: fields });
  const table = page.getByRole('table', { name: 'Form' });
  await table.getByText('f499', { exact: true }).waitFor();
  expect(await table.getByRole('row').count()).toBe(500);
  await page.getByRole('button', { name: 'The last ones' }).click();
  await table.getByText('v 1199', { exact: true }).waitFor();
  await page.getByText('701 to 1,200 of 1,200').waitFor();
  expect(await table.getByRole('row').count()).toBe(500);
});

test('a form with files as its parts, GraphQL as query and variables', async () => {
  const form = new FormData();
  form.set('title', 'hello parts');
  form.set('', 'first line\nsecond line');
  form.set('file', new Blob([new Uint8Array([0, 1])]), 'two.bin');
  await open('/upload', 'Request', { method: 'POST', body: form });
  await shows('hello parts');
  await expect
    .poll(() => page.getByText(/first line\s+second line/).innerText())
    .toMatch(/^first line\r?\nsecond line$/);
  await shows(/two\.bin/);
  const body = JSON.stringify({ query: 'query Mine { me { id } }', operationName: 'Mine', variables: { page: 7 } });
  await open('/graphql', 'Request', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  await shows('query Mine { me { id } }');
  await shows('Variables');
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
});

test('Big5 is read as such; invalid UTF-8 is shown and told', async () => {
  await open('/big5', 'Response');
  await shows('漢字');
  await open('/invalid', 'Response');
  await shows(/not valid utf-8/);
  await shows('A\uFFFDB');
});

test('Big5 that only the page itself declares is read as such; where nothing tells it, it can be chosen', async () => {
  await open('/declared-big5', 'Response');
  await page.frameLocator('iframe').getByRole('heading', { name: '漢字' }).waitFor();
  await open('/untold-big5', 'Response');
  await shows(/not valid utf-8/);
  await page.getByLabel('Charset').selectOption('big5');
  await shows('漢字');
  await expect.poll(() => page.getByText(/not valid/).count()).toBe(0);
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
});

test('XML is indented and coloured, and no entity of it is looked up', async () => {
  await open('/feed.xml', 'Response');
  const lines = page.getByLabel('Text', { exact: true });
  await page.locator('.body-text [class*="tok-"]').first().waitFor();
  expect((await lines.textContent())?.split('\n')).toEqual([
    '<!DOCTYPE f [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    '<f>',
    '  <item id="1">one</item>',
    '  <item>&e;</item>',
    '</f>',
  ]);
});

test('an image is shown as one', async () => {
  await open('/dot.png', 'Response');
  const image = page.getByRole('tabpanel').getByRole('img');
  await image.waitFor();
  await expect.poll(() => image.evaluate((shown: HTMLImageElement) => shown.naturalWidth)).toBe(1);
  await page.getByRole('tabpanel').getByText('1 × 1 pixels').waitFor();
});

test('a zip bomb is not unpacked, and that is told; its bytes are shown as such', async () => {
  await open('/bomb', 'Response');
  await shows(/Could not be decoded \(more than 32 MiB when decoded\)/);
  await shows('00000000');
});

test('10,000 headers are a 502 that says why', async () => {
  await open('/headers', 'Overview');
  await shows('the head is larger than 65536 bytes');
});

test('100 MiB of JSON: its beginning is a tree, any part is there as text and as bytes', async () => {
  await open('/huge.json', 'Response');
  await shows('Part 1 of 101, 101 MiB in all');
  await shows('Not all of this JSON is here: the tree ends where the part does.');
  await shows('a value of some length');
  await page.getByRole('button', { name: 'Hex', exact: true }).click();
  await shows('00000000');
  await page.getByRole('button', { name: 'Last part' }).click();
  await shows('Part 101 of 101, 101 MiB in all');
  await shows('06400000');
  await page.getByRole('button', { name: 'JSON', exact: true }).click();
  await shows('This part begins within the JSON; shown as text.');
  await page.getByRole('button', { name: 'Hex', exact: true }).click();
  await page.getByRole('button', { name: 'Previous part' }).click();
  await shows('06300000');
});

test('server-sent events are listed while they come', async () => {
  const answer = await fetch(`http://${switchyard.listeners.gateway}/events`);
  await page.getByRole('option').filter({ hasText: '/events' }).first().click();
  await page.getByRole('tab', { name: 'Response' }).click();
  const event = (text: string) => page.getByRole('option').filter({ hasText: text });
  await event('first').waitFor();
  nextEvent?.('{"n":2,"text":"second"}');
  await event('second').waitFor();
  await expect.poll(() => page.getByText('still coming').count()).toBe(1);
  await event('second').click();
  await shows('"second"');
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  endEvents?.();
  await answer.text();
  await page.getByText('still coming').waitFor({ state: 'detached' });
  await event('first').waitFor();
});

test('of ten thousand headers the first are shown, others when they are looked for or asked for', async () => {
  const headers = Array.from({ length: 10_000 }, (_, index) => ({ name: `x-many-${index}`, value: 'v' }));
  const request = { method: 'GET', url: 'http://har.test/many-headers', httpVersion: 'HTTP/1.1', headers: [] };
  const response = { status: 200, statusText: 'OK', httpVersion: 'HTTP/1.1', headers, content: { size: 0 } };
  const entries = [{ startedDateTime: new Date().toISOString(), time: 1, request, response }];
  await callSwitchyard(switchyard, 'har.import', { text: JSON.stringify({ log: { version: '1.2', entries } }) });
  await page.getByRole('option').filter({ hasText: '/many-headers' }).first().click();
  await page.getByRole('tab', { name: /^Response/ }).click();
  const rows = page.getByRole('table', { name: 'Headers' }).getByRole('row');
  await expect.poll(() => rows.count()).toBe(200);
  await page.getByRole('button', { name: 'Show 200 more of 9,800' }).click();
  await expect.poll(() => rows.count()).toBe(400);
  await page.getByRole('searchbox', { name: 'Find in headers' }).fill('x-many-9999');
  await expect.poll(() => rows.count()).toBe(1);
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  await page.getByRole('tab', { name: 'Raw' }).click();
  await expect.poll(() => page.getByRole('tabpanel').textContent()).toContain('x-many-9999: v');
});

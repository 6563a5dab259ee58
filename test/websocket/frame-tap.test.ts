import { isUtf8 } from 'node:buffer';
import { Duplex, type Writable } from 'node:stream';
import { constants, deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import { agreesOnDeflate } from '../../proxy-engine/websocket/extensions.ts';
import { FrameTap, type TapOptions, type TappedMessage } from '../../proxy-engine/websocket/frame-tap.ts';
import { InflateAllowance } from '../../proxy-engine/websocket/inflate-allowance.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

function tap(
  chunks: Iterable<Buffer>,
  options: Partial<TapOptions> = {},
): { messages: TappedMessage[]; stopped: string | null } {
  const messages: TappedMessage[] = [];
  let stopped: string | null = null;
  const frameTap = new FrameTap(
    { from: 'server', deflate: false, allowance: new InflateAllowance({ now: () => 0 }), ...options },
    { onMessage: (message) => messages.push(message), onStopped: (reason) => (stopped = reason) },
  );
  for (const chunk of chunks) frameTap.feed(chunk);
  return { messages, stopped };
}

const told = ({ type, data, closeCode }: TappedMessage) =>
  `${type} ${data.toString()}${closeCode ? ` ${closeCode}` : ''}`;

describe('frames of RFC 6455 §5.7 and others', () => {
  it.each<[what: string, hex: string, messages: string[], options?: Partial<TapOptions>]>([
    ['a text', '81 05 48656c6c6f', ['text Hello']],
    ['a masked text', '81 85 37fa213d 7f9f4d5158', ['text Hello'], { from: 'client' }],
    ['fragments', '01 03 48656c 80 02 6c6f', ['text Hello']],
    ['ping and masked pong', '89 05 48656c6c6f', ['ping Hello']],
    ['a pong', '8a 00', ['pong ']],
    ['a ping between fragments', '01 03 48656c 89 01 21 80 02 6c6f', ['ping !', 'text Hello']],
    ['an empty binary', '82 00', ['binary ']],
    ['an empty last fragment', '02 01 61 00 00 80 00', ['binary a']],
    ['a length in two bytes', `82 7e 0100 ${'61'.repeat(256)}`, [`binary ${'a'.repeat(256)}`]],
    ['a length in eight bytes', `82 7f 0000000000010000 ${'61'.repeat(65_536)}`, [`binary ${'a'.repeat(65_536)}`]],
    [
      'a masked length in two bytes',
      `82 fe 0100 01010101 ${'60'.repeat(256)}`,
      [`binary ${'a'.repeat(256)}`],
      { from: 'client' },
    ],
    ['a close without code', '88 00', ['close  1005']],
    ['a close', '88 05 03e8 627965', ['close bye 1000']],
    ['a close with a code of an application', '88 02 1387', ['close  4999']],
    ['bytes after a close', '88 00 ff ff ff 81 01 61', ['close  1005']],
    ['a close in the middle of a message', '01 01 61 88 00', ['close  1005']],
    ['UTF-8 split between fragments', '01 01 c3 80 01 a9', ['text é']],
    ['a compressed text (RFC 7692 §7.2.3.1)', 'c1 07 f248cdc9c90700', ['text Hello'], { deflate: true }],
    ['compressed fragments', '41 03 f248cd 80 04 c9c90700', ['text Hello'], { deflate: true }],
    [
      'a shared window (§7.2.3.2)',
      'c1 07 f248cdc9c90700 c1 05 f200110000',
      ['text Hello', 'text Hello'],
      { deflate: true },
    ],
    ['no compression (§7.2.3.3)', 'c1 0b 000500faff48656c6c6f00', ['text Hello'], { deflate: true }],
    ['a last block (§7.2.3.4)', 'c1 08 f348cdc9c9070000', ['text Hello'], { deflate: true }],
    ['two blocks in one (§7.2.3.5)', 'c1 0d f248050000 00ffff cac9c90700', ['text Hello'], { deflate: true }],
    ['an empty compressed text (§7.2.3.6)', 'c1 01 00', ['text '], { deflate: true }],
    ['uncompressed where it need not be', '81 01 61 c1 07 f248cdc9c90700', ['text a', 'text Hello'], { deflate: true }],
  ])('%s', (_, hex, messages, options) => {
    const whole = tap([bytes(hex)], options);
    const bytewise = tap(
      [...bytes(hex)].map((byte) => Buffer.of(byte)),
      options,
    );
    expect(whole.messages.map(told)).toEqual(messages);
    expect(whole.stopped).toBeNull();
    expect(bytewise).toEqual(whole);
  });
});

it('counts frames and bytes on the wire', () => {
  const [message] = tap([bytes('41 03 f248cd 00 02 c9c9 80 02 0700')], { deflate: true }).messages;
  expect(message).toMatchObject({ fragments: 3, wireBytes: 7, compressed: true });
});

describe('stops, and says why', () => {
  it.each<[what: string, hex: string, reason: RegExp, options?: Partial<TapOptions>]>([
    ['a reserved bit', 'a1 00', /reserved bit/],
    ['another reserved bit', '91 00', /reserved bit/],
    ['compression that was not agreed on', 'c1 00', /not agreed on/],
    ['compression of a ping', 'c9 00', /where none can be/, { deflate: true }],
    ['compression marked on a continuation', '01 00 c0 00', /where none can be/, { deflate: true }],
    ['an undefined opcode', '83 00', /opcode 0x3/],
    ['an undefined control opcode', '8b 00', /opcode 0xb/],
    ['a server that masks', '81 81 00000000 61', /server’s frame is masked/],
    ['a client that does not', '81 01 61', /client’s frame is not masked/, { from: 'client' }],
    ['a fragmented ping', '09 00', /control frame is fragmented/],
    ['a long ping', '89 7e 007e', /longer than 125/],
    ['a continuation of nothing', '80 00', /continuation of nothing/],
    ['a continuation after the end', '81 00 80 00', /continuation of nothing/],
    ['a message inside a message', '01 00 81 00', /in the middle of another/],
    ['a text that is not UTF-8', '81 02 c328', /not UTF-8/],
    ['half a close code', '88 01 03', /half a close code/],
    ['close code 999', '88 02 03e7', /999 may not be sent/],
    ['close code 1004', '88 02 03ec', /1004/],
    ['close code 1005', '88 02 03ed', /1005/],
    ['close code 1006', '88 02 03ee', /1006/],
    ['close code 1015', '88 02 03f7', /1015/],
    ['close code 2999', '88 02 0bb7', /2999/],
    ['close code 5000', '88 02 1388', /5000/],
    ['a close reason that is not UTF-8', '88 03 03e8 ff', /not UTF-8/],
    ['a length of 2^63 − 1', '82 7f 7fffffffffffffff', /longer than 16777216/],
    ['a length with the highest bit', '82 7f ffffffffffffffff', /longer than 16777216/],
    ['fragments over the cap together', '02 05 6161616161 00 06', /longer than 10/, { maxMessageBytes: 10 }],
    ['a bomb', `c2 ${compressedHex(1 << 20)}`, /longer than 65536/, { deflate: true, maxMessageBytes: 65_536 }],
    ['too many fragments', `02 00 ${'00 00 '.repeat(3)}`, /more than 3 frames/, { maxFragments: 3 }],
    ['what cannot be inflated', 'c1 02 ffff', /cannot be inflated/, { deflate: true }],
  ])('%s', (_, hex, reason, options) => {
    const result = tap([bytes(hex), bytes('81 01 61')], options);
    expect(result.stopped).toMatch(reason);
    expect(result.messages.filter(({ type, fragments }) => type !== 'text' || fragments > 1)).toEqual([]);
  });

  it('bombs, once they have grown by what may be inflated beside the traffic; other messages go on', () => {
    let nowMs = 0;
    const allowance = new InflateAllowance({ now: () => nowMs });
    const options = { deflate: true, allowance };
    const bomb = bytes(`c2 ${compressedHex(15 << 20)}`);
    const first = tap([bomb, bomb, bomb, bomb], options);
    expect(first.messages).toHaveLength(2);
    expect(first.stopped).toMatch(/grow by more than can be looked at/);
    expect(tap([bytes('c1 07 f248cdc9c90700')], options)).toMatchObject({ messages: [{}], stopped: null });
    nowMs += 2000;
    expect(tap([bomb, bomb], options).messages).toHaveLength(1);
  });

  function compressedHex(zeros: number): string {
    const data = deflateRawSync(Buffer.alloc(zeros), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    return `7e ${data.length.toString(16).padStart(4, '0')} ${data.toString('hex')}`;
  }
});

// ── ws as the oracle ─────────────────────────────────────────────────────────────────────────────────────────────────

/** The parts of ws that its types leave out. */
interface WsParts {
  PerMessageDeflate: new (options: object) => { accept(offers: object[]): void };
  Sender: new (socket: Duplex, extensions: object) => WsSender;
  Receiver: new (options: object) => Writable;
}

interface WsSender {
  send(
    data: Buffer,
    options: { fin: boolean; binary: boolean; compress: boolean; mask: boolean },
    done: () => void,
  ): void;
  ping(data: Buffer, mask: boolean, done: () => void): void;
  pong(data: Buffer, mask: boolean, done: () => void): void;
}

const { PerMessageDeflate, Sender, Receiver } = ws as unknown as WsParts;

type Part =
  | { kind: 'ping' | 'pong'; data: Buffer }
  | { kind: 'frame'; data: Buffer; fin: boolean; binary: boolean; compress: boolean };

/** What a ws Sender writes for these. */
async function send(parts: Part[], { mask, deflate }: { mask: boolean; deflate: boolean }): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const socket = new Duplex({ read() {}, write: (chunk: Buffer, _, done) => done(void chunks.push(chunk) as never) });
  const extension = new PerMessageDeflate({ isServer: !mask, threshold: 0 });
  extension.accept([{}]);
  const sender = new Sender(socket, deflate ? { 'permessage-deflate': extension } : {});
  const sent = parts.map(
    (part) =>
      new Promise<void>((done) => {
        if (part.kind === 'frame') sender.send(part.data, { ...part, compress: part.compress && deflate, mask }, done);
        else sender[part.kind](part.data, mask, done);
      }),
  );
  await Promise.all(sent);
  return Buffer.concat(chunks);
}

function cutAt(data: Buffer, sizes: number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (let i = 0; at < data.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    chunks.push(data.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

describe('against ws', () => {
  const payload = fc.uint8Array({ maxLength: 300 }).map((data) => Buffer.from(data));
  const text = fc.string({ unit: 'grapheme', maxLength: 100 }).map((data) => Buffer.from(data));
  const control = fc.record({
    kind: fc.constantFrom('ping' as const, 'pong' as const),
    data: fc.uint8Array({ maxLength: 125 }).map(Buffer.from),
  });
  const flags = { binary: fc.boolean(), compress: fc.boolean(), pieces: fc.integer({ min: 1, max: 4 }) };
  const message = fc.record({ data: fc.oneof(payload, text), ...flags }).map(({ data, binary, compress, pieces }) => {
    const isBinary = binary || !isUtf8(data);
    const size = Math.max(1, Math.ceil(data.length / pieces));
    const frames = data.length === 0 ? [data] : cutAt(data, [size]);
    return frames.map(
      (frame, i): Part => ({ kind: 'frame', data: frame, fin: i === frames.length - 1, binary: isBinary, compress }),
    );
  });
  const talk = fc
    .array(
      fc.oneof(
        message,
        control.map((part): Part[] => [part]),
      ),
      { maxLength: 12 },
    )
    .map((lists) => lists.flat());

  it('tells what a Sender sent, however it is masked, compressed and cut', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(talk, fc.boolean(), fc.boolean(), cuts, async (parts, mask, deflate, sizes) => {
        const sent = await send(parts, { mask, deflate });
        const { messages, stopped } = tap(cutAt(sent, sizes), { from: mask ? 'client' : 'server', deflate });
        expect(stopped).toBeNull();
        expect(messages.map(({ type, data }) => [type, data.toString('hex')])).toEqual(expected(parts));
      }),
      { seed: 20_261_129 },
    );
  });

  /** Frames of a message joined; control frames stay where they are. */
  function expected(parts: Part[]): [string, string][] {
    const list: [string, string][] = [];
    let open = '';
    for (const part of parts) {
      const hex = part.data.toString('hex');
      if (part.kind !== 'frame') list.push([part.kind, hex]);
      else if (!part.fin) open += hex;
      else {
        list.push([part.binary ? 'binary' : 'text', open + hex]);
        open = '';
      }
    }
    return list;
  }

  it('takes back references as far as a window reaches', async () => {
    const noise = Buffer.from(Array.from({ length: 40_000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 13));
    const sizes = [20_000, 25_000, 30_000, 35_000];
    const parts = sizes.map(
      (size): Part => ({ kind: 'frame', data: noise.subarray(0, size), fin: true, binary: true, compress: true }),
    );
    const { messages, stopped } = tap([await send(parts, { mask: false, deflate: true })], { deflate: true });
    expect(stopped).toBeNull();
    expect(messages.map(({ data }) => data.length)).toEqual(sizes);
    expect(messages.every(({ data }) => data.equals(noise.subarray(0, data.length)))).toBe(true);
  });

  it('stops at what a Receiver refuses, and tells the same until there', async () => {
    const head = fc.tuple(
      fc.constantFrom(0x81, 0x82, 0x01, 0x02, 0x00, 0x80, 0x89, 0x8a, 0x88),
      fc.integer({ min: 0, max: 6 }),
    );
    const frame = fc
      .tuple(head, fc.constantFrom('a', 'é', '\u0003\u00e8', '\u0003'))
      .map(([[first, length], filler]) =>
        Buffer.concat([Buffer.of(first, length), Buffer.from(filler.repeat(6), 'latin1').subarray(0, length)]),
      );
    const stream = fc.array(fc.oneof({ weight: 6, arbitrary: frame }, { weight: 1, arbitrary: payload }), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(stream, async (frames) => {
        // A Receiver judges a head before its mask is there; the zeros complete every head.
        const input = Buffer.concat([...frames, Buffer.alloc(16)]);
        const { messages, stopped } = tap([input]);
        const oracle = await receive(input);
        expect(messages.map(told)).toEqual(oracle.messages);
        expect(stopped !== null).toBe(oracle.refused);
      }),
      { numRuns: 1000, seed: 20_261_129 },
    );
  });

  async function receive(input: Buffer): Promise<{ messages: string[]; refused: boolean }> {
    const result = { messages: [] as string[], refused: false };
    const receiver = new Receiver({ isServer: false, maxPayload: 16 * 1024 ** 2 });
    const tell = (type: string) => (data: Buffer) => result.messages.push(`${type} ${data.toString()}`);
    receiver.on('message', (data: Buffer, isBinary: boolean) => tell(isBinary ? 'binary' : 'text')(data));
    receiver.on('ping', tell('ping')).on('pong', tell('pong'));
    receiver.on('conclude', (code: number, reason: Buffer) =>
      result.messages.push(`close ${reason.toString()} ${code}`),
    );
    receiver.on('error', () => (result.refused = true));
    receiver.write(input);
    await new Promise(setImmediate); // a Writable tells its errors later
    return result;
  }
});

it.each<[header: string | undefined, agrees: boolean]>([
  [undefined, false],
  ['', false],
  ['permessage-deflate', true],
  ['permessage-deflate; server_no_context_takeover; client_max_window_bits=15', true],
  ['permessage-deflate;server_max_window_bits="10"', true],
  ['permessage-deflate; server_max_window_bits=99', false],
  ['permessage-deflate; client_max_window_bits', false],
  ['permessage-deflate; server_no_context_takeover=1', false],
  ['permessage-deflate; server_no_context_takeover; server_no_context_takeover', false],
  ['permessage-deflate; unknown', false],
  ['permessage-deflate, x-other', false],
  ['x-webkit-deflate-frame', false],
])('%j agrees on permessage-deflate: %s', (header, agrees) => expect(agreesOnDeflate(header)).toBe(agrees));

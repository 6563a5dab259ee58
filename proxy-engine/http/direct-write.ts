import type { Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';

/** What node:net asks the system to write with (lib/net.js): a TCP connection or a pipe. It may only be used as here. */
interface Handle {
  writeLatin1String(request: WriteRequest, text: string): number;
  writeBuffer(request: WriteRequest, bytes: Buffer): number;
  /** Bytes that the system has not taken yet. */
  readonly writeQueueSize: number;
}

/** One write. */
interface WriteRequest {
  /** Below 0: the write was done at once, or has ended, and the request may be used for another one. */
  getAsyncId(): number;
  oncomplete?(status: number): void;
  /** Bytes that may not be collected before. */
  buffer?: Buffer;
}

interface Written {
  readonly _handle?: Handle | null;
  readonly encrypted?: boolean;
}

/** node:net gives nobody the class of its requests: it is that of the first one which is seen. */
let Request: (new () => WriteRequest) | null = null;
let spare: WriteRequest | null = null;
/** Stands for bytes that wait outside of a stream; nobody reads it. */
const stand = Buffer.alloc(64 * 1024);

/**
 * Writes `data` (text: latin1, one char a byte) to the connection itself, without the stream that node:net puts before it: that costs a tenth of
 * what a proxy does for a small message. What the system does not take at once is told to the stream as a write of its own, so that its
 * length, `drain` and errors are right. `tolerates` an error of it: the socket stays open. False: nothing was written, and it is for
 * `socket.write` to do: the socket is none of the system's, something waits in it, it failed, or this Node does it in another way.
 */
export function writeDirectly(socket: Socket, data: string | Buffer, tolerates: (error: Error) => boolean): boolean {
  const { _handle: handle, encrypted } = socket as Written;
  if (!handle || encrypted || !socket.writable || socket.writableLength > 0) return false;
  if (!Request) {
    learnFrom(handle);
    return false;
  }
  spare ??= new Request();
  const status = typeof data === 'string' ? handle.writeLatin1String(spare, data) : handle.writeBuffer(spare, data);
  if (status !== 0) return false;
  // The system may have taken the rest at its second try: nothing waits then, but the end of the write is still to be told.
  if (spare.getAsyncId() < 0) return true;
  const request = spare;
  spare = null;
  const left = handle.writeQueueSize;
  if (left === 0) return true;
  if (typeof data !== 'string') request.buffer = data;
  tellStream(socket, request, left, tolerates);
  return true;
}

/** The next write of node:net shows the class of its request. */
function learnFrom(handle: Handle): void {
  const write = handle.writeLatin1String;
  if (typeof write !== 'function' || Object.hasOwn(handle, 'writeLatin1String')) return;
  handle.writeLatin1String = (request, text) => {
    Reflect.deleteProperty(handle, 'writeLatin1String');
    if (typeof request.getAsyncId === 'function') Request = request.constructor as new () => WriteRequest;
    return write.call(handle, request, text);
  };
}

/** `left` bytes of `request` wait outside of the stream: it holds as many, which it never writes, until they are out. */
function tellStream(socket: Socket, request: WriteRequest, left: number, tolerates: (error: Error) => boolean): void {
  const write = socket._write;
  socket._write = (_chunk, _encoding, callback) => {
    socket._write = write;
    request.oncomplete = (status) => {
      const error = status < 0 && !socket.destroyed ? writeError(status) : null;
      if (!error || !tolerates(error)) callback(error);
    };
  };
  socket.write(left <= stand.length ? stand.subarray(0, left) : Buffer.alloc(left));
}

function writeError(status: number): NodeJS.ErrnoException {
  const code = getSystemErrorName(status);
  return Object.assign(new Error(`write ${code}`), { code, errno: status, syscall: 'write' });
}

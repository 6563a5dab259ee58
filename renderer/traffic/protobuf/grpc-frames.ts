/** One length-prefixed message of gRPC over HTTP/2. */
export interface GrpcFrame {
  compressed: boolean;
  /** Bytes that its prefix announces. */
  sizeBytes: number;
  /** As far as they are here. */
  bytes: Uint8Array;
}

const PREFIX_BYTES = 5;
/** As many as are shown of one part of a body. */
export const MOST_FRAMES = 1000;

/** The messages of a body, the last one maybe cut; null when the bytes are not such. */
export function grpcFrames(body: Uint8Array): GrpcFrame[] | null {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const frames: GrpcFrame[] = [];
  for (let at = 0; at < body.length && frames.length < MOST_FRAMES; ) {
    if (view.getUint8(at) > 1) return null;
    if (at + PREFIX_BYTES > body.length) break;
    const sizeBytes = view.getUint32(at + 1);
    const start = at + PREFIX_BYTES;
    frames.push({ compressed: view.getUint8(at) === 1, sizeBytes, bytes: body.subarray(start, start + sizeBytes) });
    at = start + sizeBytes;
  }
  return frames;
}

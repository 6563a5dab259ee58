import { BinaryReader } from '@bufbuild/protobuf/wire';
import { type GrpcFrame, MOST_FRAMES } from './grpc-frames.ts';

/** Whether a body is a row of messages, each after its length: `delimited=true`, or `encoding=delimited` as Prometheus writes it. */
export function isDelimited(contentType: string | undefined): boolean {
  return /;\s*(?:delimited\s*=\s*"?true|encoding\s*=\s*"?delimited)\b/i.test(contentType ?? '');
}

/** The messages, the last one maybe cut. */
export function delimitedFrames(body: Uint8Array): GrpcFrame[] {
  const reader = new BinaryReader(body);
  const frames: GrpcFrame[] = [];
  try {
    while (reader.pos < body.length && frames.length < MOST_FRAMES) {
      const sizeBytes = reader.uint32();
      frames.push({ compressed: false, sizeBytes, bytes: body.subarray(reader.pos, reader.pos + sizeBytes) });
      reader.pos += sizeBytes;
    }
  } catch {
    // Cut within a length.
  }
  return frames;
}

/** Whether bytes are a descriptor set of protobuf that can be used, and what it describes. */
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { MAX_DESCRIPTOR_BYTES } from '../contract/descriptor-commands.ts';

/** Why bytes are no descriptor set that can be used. */
export class BadDescriptors extends Error {
  override name = 'BadDescriptors';
}

/** Throws `BadDescriptors`: it is none, it lacks what it imports, or it describes no message. */
export function countDescribed(bytes: Uint8Array): { messages: number; methods: number } {
  if (bytes.length > MAX_DESCRIPTOR_BYTES)
    throw new BadDescriptors(
      `it has ${bytes.length} bytes, at most ${MAX_DESCRIPTOR_BYTES} can be kept; make one of fewer files`,
    );
  const types = [...readRegistry(bytes)];
  const messages = types.filter(({ kind }) => kind === 'message').length;
  if (messages === 0) throw new BadDescriptors('it describes no message; is it a FileDescriptorSet of protoc?');
  const methods = types.reduce((sum, type) => sum + (type.kind === 'service' ? type.methods.length : 0), 0);
  return { messages, methods };
}

function readRegistry(bytes: Uint8Array) {
  try {
    return createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const lacks = /imported by|cannot find|not found/i.test(why);
    const hint = lacks ? 'make it with protoc --include_imports' : 'make it with protoc --descriptor_set_out';
    throw new BadDescriptors(`it cannot be read as a FileDescriptorSet (${why}); ${hint}`, { cause: error });
  }
}

/** Whether bytes are a descriptor set of protobuf that can be used, and what it describes. */
import { create, createFileRegistry, type DescFile, fromBinary, toBinary } from '@bufbuild/protobuf';
import * as wkt from '@bufbuild/protobuf/wkt';
import { MAX_DESCRIPTOR_BYTES } from '../contract/descriptor-commands.ts';

const { FileDescriptorSetSchema } = wkt;
/** They come with protoc: whoever makes a set leaves them out easily. */
const GOOGLE_FILES = Object.entries(wkt).flatMap(([name, file]) =>
  name.startsWith('file_google_') ? [file as DescFile] : [],
);

/** Why bytes are no descriptor set that can be used. */
export class BadDescriptors extends Error {
  override name = 'BadDescriptors';
}

export interface DescribedTypes {
  /** The set, with what it lacks of `google/protobuf`. */
  bytes: Uint8Array;
  messages: number;
  methods: number;
}

/** Throws `BadDescriptors`: it is none, it lacks what it imports, or it describes no message. */
export function describedTypes(bytes: Uint8Array): DescribedTypes {
  if (bytes.length > MAX_DESCRIPTOR_BYTES)
    throw new BadDescriptors(
      `it has ${bytes.length} bytes, at most ${MAX_DESCRIPTOR_BYTES} can be kept; make one of fewer files`,
    );
  const { whole, registry } = readSet(bytes);
  const types = [...registry];
  const messages = types.filter(({ kind }) => kind === 'message').length;
  if (messages === 0) throw new BadDescriptors('it describes no message; is it a FileDescriptorSet of protoc?');
  const methods = types.reduce((sum, type) => sum + (type.kind === 'service' ? type.methods.length : 0), 0);
  return { bytes: whole, messages, methods };
}

function readSet(bytes: Uint8Array) {
  try {
    const set = fromBinary(FileDescriptorSetSchema, bytes);
    const lacking = lackingGoogleFiles(set);
    const file = [...lacking.map(({ proto }) => proto), ...set.file];
    const whole = create(FileDescriptorSetSchema, { file });
    return {
      whole: lacking.length > 0 ? toBinary(FileDescriptorSetSchema, whole) : bytes,
      registry: createFileRegistry(whole),
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const lacks = /imported by|cannot find|not found/i.test(why);
    const hint = lacks ? 'make it with protoc --include_imports' : 'make it with protoc --descriptor_set_out';
    throw new BadDescriptors(`it cannot be read as a FileDescriptorSet (${why}); ${hint}`, { cause: error });
  }
}

/** Those that its files need, each after what it needs. */
function lackingGoogleFiles({ file }: wkt.FileDescriptorSet): DescFile[] {
  const there = new Set(file.map(({ name }) => name));
  const needed = new Set(file.flatMap(({ dependency }) => dependency));
  const lacking = new Set<DescFile>();
  const place = (google: DescFile): void => {
    google.dependencies.forEach(place);
    if (!there.has(`${google.name}.proto`)) lacking.add(google);
  };
  for (const google of GOOGLE_FILES) if (needed.has(`${google.name}.proto`)) place(google);
  return [...lacking];
}

/** The commands that keep descriptor sets of protobuf, and what they answer; part of the table in `api.ts`. */
import { z } from 'zod';

/** So many bytes of a descriptor set fit into one message of the channel, as base64. */
export const MAX_DESCRIPTOR_BYTES = 5 * 1024 ** 2;

const name = z.string().trim().min(1).max(100);

export const descriptorCommands = {
  'descriptors.list': z.strictObject({}).default({}),
  /** A `google.protobuf.FileDescriptorSet`, as `protoc --include_imports --descriptor_set_out` writes it; files of `google/protobuf` may be missing. */
  'descriptors.save': z.strictObject({
    name,
    data: z.base64(),
    /** In the place of another one of the same name; false: it is refused then, with CONFLICT. */
    replace: z.boolean().default(true),
  }),
  'descriptors.get': z.strictObject({ name }),
  'descriptors.delete': z.strictObject({ name }),
} as const;

export type DescriptorCommand = keyof typeof descriptorCommands;

export interface DescriptorSet {
  name: string;
  /** Epoch milliseconds. */
  savedAt: number;
  sizeBytes: number;
  /** How many types of messages, and methods of services, it describes. */
  messages: number;
  methods: number;
}

export interface DescriptorCommandResults {
  /** The one that was saved first at the beginning. */
  'descriptors.list': { sets: DescriptorSet[] };
  'descriptors.save': DescriptorSet;
  /** base64 */
  'descriptors.get': { data: string };
  'descriptors.delete': null;
}

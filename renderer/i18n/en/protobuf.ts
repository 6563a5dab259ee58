import { plural } from './plural.ts';

/** Types of protobuf messages. */
export const enProtobuf = {
  title: 'Types of protobuf messages',
  hint: 'What protoc --include_imports --descriptor_set_out writes, or .proto files: all that belong together at once, or their folder. Files of google/protobuf need not be among them. Paths such as /shop.v1.Orders/Get then tell the types; elsewhere you choose one.',
  drop: 'Drop a descriptor set, .proto files, or a folder of them',
  kept: 'Descriptor sets',
  added: (name: string, messages: number, methods: number) => `${name} was added: ${counts(messages, methods)}.`,
  counts,
  taken: (name: string) =>
    `Another set is called ${name}. If both are kept, the newer one counts where they have types of one name.`,
  replace: 'Replace it',
  keepBoth: 'Keep both',
  leaveOut: 'Leave the new one out',
  remove: (name: string) => `Delete ${name}`,
  undescribed: 'Fields are shown by their numbers.',
  load: 'Load types…',
  manage: 'Types…',
  type: 'Type',
  noType: 'unknown; choose a message',
  misfit: 'does not fit its type',
};

function counts(messages: number, methods: number): string {
  const types = plural(messages, 'message', 'messages');
  return methods === 0 ? types : `${types}, ${plural(methods, 'method', 'methods')}`;
}

import { plural } from './plural.ts';

/** Types of protobuf messages. */
export const enProtobuf = {
  title: 'Types of protobuf messages',
  hint: 'What protoc --include_imports --descriptor_set_out writes, or .proto files: all that belong together at once. Paths such as /shop.v1.Orders/Get then tell the types; elsewhere you choose one.',
  drop: 'Drop a descriptor set, or .proto files',
  kept: 'Descriptor sets',
  added: (name: string, messages: number, methods: number) => `${name} was added: ${counts(messages, methods)}.`,
  counts,
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

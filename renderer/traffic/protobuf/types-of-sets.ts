import {
  createFileRegistry,
  createRegistry,
  type DescMessage,
  type DescMethod,
  fromBinary,
  type Registry,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/** What all kept descriptor sets know. */
export interface KnownTypes {
  /** Full names of messages, in order. */
  names: readonly string[];
  find(typeName: string): DescMessage | undefined;
  /** Of a path such as `/shop.v1.Orders/Get`. */
  method(path: string): DescMethod | undefined;
}

/** Throws when one of them cannot be read. Of two types of one name the one of the later set counts. */
export function typesOfSets(sets: readonly Uint8Array[]): KnownTypes {
  return knownTypes(createRegistry(...sets.map((set) => createFileRegistry(fromBinary(FileDescriptorSetSchema, set)))));
}

function knownTypes(registry: Registry): KnownTypes {
  const names = [...registry].flatMap((type) => (type.kind === 'message' ? [type.typeName] : [])).sort();
  return {
    names,
    find: (typeName) => registry.getMessage(typeName),
    method(path) {
      const [, service, name] = /^.*\/([\w.]+)\/(\w+)(?:\?.*)?$/.exec(path) ?? [];
      if (service === undefined) return undefined;
      return registry.getService(service)?.methods.find((method) => method.name === name);
    },
  };
}

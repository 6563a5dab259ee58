/** `.proto` files as a descriptor set, without protoc; loaded when the first is chosen. Options and extensions are left out. */
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  type DescriptorProtoSchema,
  type FieldDescriptorProtoSchema,
  FieldDescriptorProto_Type as FieldType,
  FileDescriptorSetSchema,
  FieldDescriptorProto_Label as Label,
} from '@bufbuild/protobuf/wkt';
import protobuf from 'protobufjs';
import { googleFiles } from './google-files.ts';
import { dependencies, type ParsedProto, type ProtoFile, readProto } from './read-proto.ts';

const { Enum, MapField, Type } = protobuf;

/** A serialized `FileDescriptorSet`. Throws what is wrong, and in which line of which file. */
export function compileProto(files: readonly ProtoFile[]): Uint8Array {
  const parsed = readProto(files);
  const google = googleFiles(parsed.flatMap((file) => [...dependencies(file)])).map(({ proto }) => proto);
  return toBinary(
    FileDescriptorSetSchema,
    create(FileDescriptorSetSchema, { file: [...google, ...parsed.map(fileOf)] }),
  );
}

function fileOf(file: ParsedProto): NonNullable<MessageInitShape<typeof FileDescriptorSetSchema>['file']>[number] {
  return {
    name: file.name,
    package: file.package,
    dependency: [...dependencies(file)],
    syntax: file.proto3 ? 'proto3' : '',
    messageType: file.types.map((type) => messageOf(type)),
    enumType: file.enums.map(enumOf),
    service: file.services.map(({ name, methodsArray }) => ({
      name,
      method: methodsArray.map((method) => ({
        name: method.name,
        inputType: method.resolvedRequestType?.fullName,
        outputType: method.resolvedResponseType?.fullName,
        clientStreaming: method.requestStream ?? false,
        serverStreaming: method.responseStream ?? false,
      })),
    })),
  };
}

function messageOf(type: protobuf.Type): MessageInitShape<typeof DescriptorProtoSchema> {
  const fields = type.fieldsArray.filter(({ extensionField, declaringField }) => !extensionField && !declaringField);
  const nested = type.nestedArray;
  const entries = fields.filter((field): field is protobuf.Field & protobuf.MapField => field instanceof MapField);
  return {
    name: type.name,
    field: fields.map((field) => fieldOf(field, type)),
    nestedType: [
      ...nested.filter((object) => object instanceof Type).map((object) => messageOf(object)),
      ...entries.map(entryOf),
    ],
    enumType: nested.filter((object) => object instanceof Enum).map(enumOf),
    oneofDecl: type.oneofsArray.map(({ name }) => ({ name })),
  };
}

function enumOf({ name, values }: protobuf.Enum) {
  return { name, value: Object.entries(values).map(([value, number]) => ({ name: value, number })) };
}

function fieldOf(field: protobuf.Field, type: protobuf.Type): MessageInitShape<typeof FieldDescriptorProtoSchema> {
  const isMap = field instanceof MapField;
  const repeated = field.repeated || isMap;
  return {
    name: field.name,
    number: field.id,
    label: repeated ? Label.REPEATED : !isMap && field.required ? Label.REQUIRED : Label.OPTIONAL,
    ...(isMap ? { type: FieldType.MESSAGE, typeName: `${type.fullName}.${entryName(field)}` } : typeOfField(field)),
    ...(field.partOf && { oneofIndex: type.oneofsArray.indexOf(field.partOf) }),
    proto3Optional: field.options?.proto3_optional === true,
  };
}

function typeOfField(field: protobuf.FieldBase & { delimited?: boolean }) {
  const { resolvedType } = field;
  if (resolvedType instanceof Enum) return { type: FieldType.ENUM, typeName: resolvedType.fullName };
  if (resolvedType)
    return { type: field.delimited ? FieldType.GROUP : FieldType.MESSAGE, typeName: resolvedType.fullName };
  return { type: FieldType[field.type.toUpperCase() as keyof typeof FieldType] };
}

/** The message that the entries of a map are on the wire. */
function entryOf(field: protobuf.MapField): MessageInitShape<typeof DescriptorProtoSchema> {
  const keyType = FieldType[field.keyType.toUpperCase() as keyof typeof FieldType];
  return {
    name: entryName(field),
    options: { mapEntry: true },
    field: [
      { name: 'key', number: 1, label: Label.OPTIONAL, type: keyType },
      { name: 'value', number: 2, label: Label.OPTIONAL, ...typeOfField(field) },
    ],
  };
}

/** As protoc names it: `stock_level` has `StockLevelEntry`. */
function entryName({ name }: { name: string }): string {
  const camel = name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()).replaceAll('_', '');
  return `${camel}Entry`;
}

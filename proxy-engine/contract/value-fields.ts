/** Fields whose values `exchanges.values` knows. */
export const VALUE_FIELDS = [
  'method',
  'scheme',
  'host',
  'path',
  'protocol',
  'listener',
  'clientIp',
  'route',
  'pool',
  'backend',
  'error',
  'contentType',
  'status',
  'note',
  'color',
] as const;
export type ValueField = (typeof VALUE_FIELDS)[number];

export function isValueField(name: string): name is ValueField {
  return (VALUE_FIELDS as readonly string[]).includes(name);
}

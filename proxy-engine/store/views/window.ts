import type { ParsedInput } from '../../contract/api.ts';

type Asked = Pick<ParsedInput<'exchanges.query'>, 'from' | 'limit'>;

/** The part of a list that is asked for, and where it begins. A negative `from` counts from the end; `list` is oldest first, whatever the order. */
export function windowOf<T>(
  list: { readonly length: number; slice(from: number, to: number): T[] },
  { from: asked, limit }: Asked,
  order: 'asc' | 'desc',
): { from: number; items: T[] } {
  const { length } = list;
  const from = Math.max(0, Math.min(asked < 0 ? length + asked : asked, length));
  if (order === 'asc') return { from, items: list.slice(from, from + limit) };
  return { from, items: list.slice(Math.max(0, length - from - limit), length - from).reverse() };
}

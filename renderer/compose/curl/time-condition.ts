/** `-z` of curl as the header that it sends; null: it is a file, or a date that curl may read otherwise. Pure. */
export function timeCondition(value: string): [name: string, date: string] | null {
  const [, minus = '', date = ''] = /^(-?)\s*(.*)$/s.exec(value) ?? [];
  const ms = dateOf(date.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3'));
  if (!/^\d{8}$|[a-z]{3}/i.test(date) || Number.isNaN(ms)) return null;
  return [minus === '' ? 'If-Modified-Since' : 'If-Unmodified-Since', new Date(ms).toUTCString()];
}

/** curl takes GMT where no zone is told (curl_getdate). */
function dateOf(text: string): number {
  return Date.parse(/[a-z]\s*$|[+-]\d{4}\s*$/i.test(text) ? text : `${text} GMT`);
}

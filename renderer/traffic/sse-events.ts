/** Server-sent events out of the text of a stream (WHATWG HTML §9.2.6). */
export interface SseEvent {
  /** `message` unless the stream names another. */
  type: string;
  id?: string;
  data: string;
}

/** `isCut`: the text begins within a stream; what stands before the first blank line belongs to an event that is not here. */
export function readEvents(text: string, isCut: boolean): SseEvent[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  // Without a line end at its end the last line is still coming.
  lines.pop();
  const events: SseEvent[] = [];
  let fields: Partial<SseEvent> = {};
  for (const line of isCut ? lines.slice(lines.indexOf('') + 1 || lines.length) : lines) {
    if (line === '') {
      if (fields.data !== undefined) events.push({ type: 'message', ...fields, data: fields.data });
      fields = {};
    } else readField(line, fields);
  }
  return events;
}

function readField(line: string, fields: Partial<SseEvent>): void {
  const colon = line.indexOf(':');
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
  if (name === 'data') fields.data = fields.data === undefined ? value : `${fields.data}\n${value}`;
  else if (name === 'event' && value !== '') fields.type = value;
  else if (name === 'id') fields.id = value;
}

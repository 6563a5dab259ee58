/** Whether a content type says `text/event-stream`: in any case, with parameters or without (RFC 9110 §8.3.1). */
export function isEventStream(contentType: string | undefined): boolean {
  return contentType?.toLowerCase().startsWith('text/event-stream') ?? false;
}

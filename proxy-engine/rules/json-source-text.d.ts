/** As much of "JSON.parse source text access" (ECMAScript 2026) as `exact-json` and `json-patch` use; TypeScript does not have it yet. */
interface JSON {
  parse(
    text: string,
    reviver: (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  /** A value that is printed as `text`. */
  rawJSON(text: string): { readonly rawJSON: string };
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
}

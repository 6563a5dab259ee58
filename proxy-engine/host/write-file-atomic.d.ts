declare module 'write-file-atomic' {
  /** Writes a temporary file beside `file` (following links, keeping mode and owner), syncs it and renames it. */
  function writeFileAtomic(file: string, data: string | Uint8Array, options?: { mode?: number }): Promise<void>;
  export = writeFileAtomic;
}

/** As much of it as `load-quickjs` uses; the engine is typed without a browser. */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: 'WebAssembly.Module';
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  const Memory: new (size: { initial: number; maximum: number }) => Memory;
  function compile(bytes: Uint8Array): Promise<Module>;
}

import { UnsupportedError } from '../pool-errors.ts';

/** The module without content: it compiles wherever Wasm may run at all. */
const EMPTY = /* @__PURE__ */ Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
/** What follows it in a module whose one function makes a vector: valid where there is Wasm SIMD. */
const SIMD = [
  ...[1, 4, 1, 0x60, 0, 0], // one type: () -> ()
  ...[3, 2, 1, 0], // one function, of that type
  ...[10, 9, 1, 7, 0, 0x41, 0, 0xfd, 0x0f, 0x1a, 0x0b], // i32.const 0, i8x16.splat, drop, end
];

/** @throws UnsupportedError, which says what to do about it; RangeError where the bytes are at fault */
export function compile(bytes: BufferSource): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw explain(cause);
  }
}

/** What to throw instead of `cause`, with which the kernel did not compile. */
export function explain(cause: unknown): unknown {
  const reason = obstacle();
  if (reason !== undefined) {
    const instead = "or pass { engine: referenceEngine } from 'insight-wasm/reference', which gives the same bits";
    return new UnsupportedError(`${reason}, ${instead}`, { cause });
  }
  if (!(cause instanceof WebAssembly.CompileError)) return cause;
  return new RangeError('"kernel" expected the bytes of insight-wasm/kernel.wasm, got others', { cause });
}

function obstacle(): string | undefined {
  if (typeof WebAssembly === 'undefined') return 'there is no WebAssembly here: use a runtime that has it';
  try {
    new WebAssembly.Instance(new WebAssembly.Module(EMPTY)); // WebKit refuses only here
  } catch {
    return "the Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src";
  }
  if (WebAssembly.validate(Uint8Array.of(...EMPTY, ...SIMD))) return undefined;
  return 'there is no WebAssembly SIMD here: use a runtime that has it (browsers since 2023, Node on x64 with SSE4.1)';
}

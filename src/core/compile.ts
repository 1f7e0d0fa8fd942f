import { UnsupportedError } from '../errors.ts';

/** The module without content: it compiles wherever Wasm may run at all. */
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
/** A function that makes a v128 and drops it: valid where there is Wasm SIMD. */
const SIMD = Uint8Array.of(
  ...EMPTY,
  ...[1, 4, 1, 0x60, 0, 0], // one type, () -> ()
  ...[3, 2, 1, 0], // one function of it
  ...[10, 9, 1, 7, 0, 0x41, 0, 0xfd, 0x0f, 0x1a, 0x0b], // i32.const 0, i8x16.splat, drop, end
);

const INSTEAD = "or pass { engine: referenceEngine } from 'insight-wasm/reference', which gives the same bits";

/**
 * Compiles bytes.
 * @throws UnsupportedError where this runtime cannot run the kernel, with what to do about it; else, where the bytes
 *   are at fault, the CompileError of the runtime
 */
export function compile(bytes: BufferSource): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw unsupported(cause) ?? cause;
  }
}

/** Why no kernel can run here, if that is so. */
export function unsupported(cause: unknown): UnsupportedError | undefined {
  const reason = obstacle();
  return reason === undefined ? undefined : new UnsupportedError(`${reason}, ${INSTEAD}`, { cause });
}

function obstacle(): string | undefined {
  if (typeof WebAssembly === 'undefined') return 'there is no WebAssembly here: use a runtime that has it';
  try {
    new WebAssembly.Module(EMPTY);
  } catch {
    return "the Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src";
  }
  if (WebAssembly.validate(SIMD)) return undefined;
  return 'there is no WebAssembly SIMD here: use a runtime that has it (browsers since 2023, Node on x64 with SSE4.1)';
}

import type { EngineFactory } from '../types.ts';
import { bad } from '../validate.ts';
import { compile, unsupported } from './compile.ts';
import { wasmEngine } from './engine.ts';

/** A WebAssembly.Module. Not called so, because projects without DOM types must compile too. */
export type KernelModule = object;

/** What `fetch` gives, as far as it is used. */
export interface KernelResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * The Wasm engine from the bytes of `insight-wasm/kernel.wasm` or their WebAssembly.Module; bytes are compiled at once.
 * @throws TypeError for anything else; RangeError for a module that is not the kernel of this release;
 *   UnsupportedError where Wasm is forbidden or has no SIMD
 */
export function createEngine(kernel: ArrayBuffer | ArrayBufferView | KernelModule): EngineFactory {
  const module = isModule(kernel) ? kernel : compileBytes(kernel);
  checkKernel(module);
  return wasmEngine(() => module);
}

/**
 * The Wasm engine from a URL, fetched, or a response. Compiled while it arrives if it is `application/wasm`.
 * @throws what `fetch` throws; RangeError for a status that is not ok; and as `createEngine` does
 */
export async function loadEngine(
  source: string | { readonly href: string } | KernelResponse | PromiseLike<KernelResponse>,
): Promise<EngineFactory> {
  const response = (await (isLocation(source) ? fetch(source as string) : source)) as Response;
  if (typeof response?.arrayBuffer !== 'function') throw bad('source', 'a URL or a Response', response, false);
  if (!response.ok) throw bad('source', 'a response that is ok', `status ${response.status}`, true);
  const streams = response.headers.get('content-type') === 'application/wasm' && 'compileStreaming' in WebAssembly;
  if (!streams) return createEngine(await response.arrayBuffer());
  try {
    return createEngine(await WebAssembly.compileStreaming(response));
  } catch (cause) {
    throw unsupported(cause) ?? cause;
  }
}

function isLocation(source: unknown): boolean {
  return typeof source === 'string' || source instanceof URL;
}

function isModule(kernel: unknown): kernel is WebAssembly.Module {
  return Object.prototype.toString.call(kernel) === '[object WebAssembly.Module]'; // also one of another realm
}

function compileBytes(kernel: unknown): WebAssembly.Module {
  const isBytes = ArrayBuffer.isView(kernel) || Object.prototype.toString.call(kernel) === '[object ArrayBuffer]';
  if (!isBytes) throw bad('kernel', 'the bytes or the WebAssembly.Module of kernel.wasm', kernel, false);
  return compile(kernel as BufferSource);
}

function checkKernel(module: WebAssembly.Module): void {
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  if (!names.includes('heapBase'))
    throw new RangeError('"kernel" expected insight-wasm/kernel.wasm, got another module');
}

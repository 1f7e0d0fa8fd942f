import type { EngineFactory } from '../types.ts';
import { bad } from '../validate.ts';
import { compile, explain } from './compile.ts';
import { wasmEngine } from './engine.ts';
import { KERNEL_ID } from './kernel-id.ts';

/** A WebAssembly.Module. Not called so, because projects without DOM types must compile too. */
export type KernelModule = object;

/** A Response, which `fetch` gives; not called so for the same reason. */
export interface KernelResponse {
  readonly ok: boolean;
  readonly status: number;
  /** The body. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * The Wasm engine from the bytes of `insight-wasm/kernel.wasm` or their WebAssembly.Module; bytes are compiled at once.
 * @throws TypeError for anything else; RangeError for what is not the kernel of this release;
 *   UnsupportedError where Wasm is forbidden or has no SIMD
 */
export function createEngine(kernel: ArrayBuffer | ArrayBufferView | KernelModule): EngineFactory {
  const module = isModule(kernel) ? kernel : compile(checkBytes(kernel));
  checkKernel(module);
  return wasmEngine(() => module);
}

/**
 * The Wasm engine from a URL, which is fetched, or a response: compiled while it arrives if it is `application/wasm`.
 * @throws what `fetch` throws; RangeError for a status that is not ok; and as `createEngine` does
 */
export async function loadEngine(
  source: string | { readonly href: string } | KernelResponse | PromiseLike<KernelResponse>,
): Promise<EngineFactory> {
  const address = typeof source === 'object' && source !== null && 'href' in source ? source.href : source;
  const response = (await (typeof address === 'string' ? fetch(address) : address)) as Response;
  if (typeof response?.arrayBuffer !== 'function') throw bad('source', 'a URL or a Response', response, false);
  if (!response.ok) throw new RangeError(`"source" expected a response that is ok, got status ${response.status}`);
  if (!streams(response)) return createEngine(await response.arrayBuffer());
  try {
    return createEngine(await WebAssembly.compileStreaming(response));
  } catch (cause) {
    throw explain(cause);
  }
}

/** Whether it can be compiled while it arrives: the specification wants this very type. */
function streams(response: Response): boolean {
  return (
    typeof WebAssembly === 'object' &&
    'compileStreaming' in WebAssembly &&
    response instanceof Response &&
    response.headers.get('content-type') === 'application/wasm'
  );
}

/** Also of another realm, which `instanceof` does not tell. */
function isModule(kernel: unknown): kernel is WebAssembly.Module {
  return tag(kernel) === '[object WebAssembly.Module]';
}

function checkBytes(kernel: unknown): BufferSource {
  if (ArrayBuffer.isView(kernel) || tag(kernel) === '[object ArrayBuffer]') return kernel as BufferSource;
  throw bad('kernel', 'the bytes or the WebAssembly.Module of insight-wasm/kernel.wasm', kernel, false);
}

function tag(value: unknown): string {
  return Object.prototype.toString.call(value);
}

/** A kernel of another release would be run with this one's addresses. */
function checkKernel(module: WebAssembly.Module): void {
  const [id] = WebAssembly.Module.customSections(module, 'insight-wasm');
  if (id !== undefined && String.fromCharCode(...new Uint8Array(id)) === KERNEL_ID) return;
  const got = id === undefined ? 'another module' : 'that of another release';
  throw new RangeError(`"kernel" expected the insight-wasm/kernel.wasm of this release, got ${got}`);
}

import { compile } from './compile.ts';
import { kernelBytes } from './kernel-bytes.ts';

/** The kernel that the entries carry, compiled. The build for workerd puts a module that was compiled ahead in its place. */
export function embeddedKernel(): WebAssembly.Module {
  return compile(kernelBytes());
}

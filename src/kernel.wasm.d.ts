/** What a runtime of the `workerd` condition makes of the import: the compiled module. */
declare const module: WebAssembly.Module;
export default module;

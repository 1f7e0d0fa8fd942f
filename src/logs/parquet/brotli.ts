// A file of its own: its dictionary is three quarters of the code for Parquet, and few files need it.
export { decompressBrotli } from 'hyparquet-compressors/src/brotli.js';

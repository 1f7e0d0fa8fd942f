/** The half of pako that is needed; its package declares the whole only. */
declare module 'pako/browser/inflate' {
  export { Inflate } from 'pako';
}

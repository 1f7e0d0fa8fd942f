// Made by scripts/embed-kernel.mjs.
const base64 =
  'AGFzbQEAAAABBwFgAn9/AX0CDwEDZW52Bm1lbW9yeQIAAAMCAQAHEAIDc3VtAAAGbWVtb3J5AgAKpgEBowEBBHsgACABQQJ0aiEBA0AgACABSQRAIAIgAP0ABAAgAP0ABBD95AH95AEhAiADIAD9AAQgIAD9AAQw/eQB/eQBIQMgBCAA/QAEQCAA/QAEUP3kAf3kASEEIAUgAP0ABGAgAP0ABHD95AH95AEhBSAAQYABaiEADAELCyACIAP95AEgBCAF/eQB/eQBIgL9HwAgAv0fAZIgAv0fApIgAv0fA5IL';

/** The bytes of the module. */
export function sumBytes() {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Tables of the reflected polynomial 0xedb88320 for a byte with 0 to 3 bytes behind it. */
const TABLE = new Uint32Array(1024);
for (let byte = 0; byte < 256; byte++) {
  let c = byte;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  TABLE[byte] = c;
}
for (let i = 256; i < 1024; i++) {
  const c = TABLE[i - 256] as number;
  TABLE[i] = (TABLE[c & 255] as number) ^ (c >>> 8);
}

/** CRC-32 as in zip, gzip and Python's zlib.crc32, four bytes a step. */
export function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  let i = 0;
  for (const end = bytes.length - 3; i < end; i += 4) {
    c ^=
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24);
    c =
      (TABLE[768 + (c & 255)] as number) ^
      (TABLE[512 + ((c >>> 8) & 255)] as number) ^
      (TABLE[256 + ((c >>> 16) & 255)] as number) ^
      (TABLE[c >>> 24] as number);
  }
  for (; i < bytes.length; i++) c = (TABLE[(c ^ (bytes[i] as number)) & 255] as number) ^ (c >>> 8);
  return ~c >>> 0;
}

import { startsWith } from '../bytes.ts';

/** What files that are no logs begin with, and what to do about them. */
const OTHERS: readonly (readonly [start: string | readonly number[], what: string])[] = [
  ['IWSTAT', 'is a state of insight-wasm, and not a log'],
  ['version https://git-lfs', 'is a Git LFS pointer, and not the file: git lfs pull fetches it'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], 'is compressed with xz, which is not read: xz -dc FILE | insight-wasm ... -'],
  ['BZh', 'is compressed with bzip2, which is not read: bzip2 -dc FILE | insight-wasm ... -'],
  [[0x04, 0x22, 0x4d, 0x18], 'is compressed with lz4, which is not read: lz4 -dc FILE | insight-wasm ... -'],
  ['PK\x03\x04', 'is a zip archive, which is not read: unzip it first'],
  ['7z\xbc\xaf', 'is a 7z archive, which is not read: unpack it first'],
  [[0xff, 0xfe], 'is UTF-16, and not UTF-8: iconv -f UTF-16 -t UTF-8 converts it'],
  [[0xfe, 0xff], 'is UTF-16, and not UTF-8: iconv -f UTF-16 -t UTF-8 converts it'],
  ['ARROW1', 'is an Arrow file, which is not read: write it as Parquet'],
  ['SQLite format 3', 'is an SQLite database, which is not read: export the table as CSV'],
  ['\x80\x04\x95', 'is a pickle, which is not read: write its rows as JSON lines'],
];

/** What a file is that is no log, by its first bytes. */
export function nameOther(head: Uint8Array): string | undefined {
  return OTHERS.find(([start]) => {
    const bytes =
      typeof start === 'string' ? Uint8Array.from(start, (char) => char.charCodeAt(0)) : Uint8Array.from(start);
    return startsWith(head, bytes);
  })?.[1];
}

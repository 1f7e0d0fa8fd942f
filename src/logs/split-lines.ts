const NEWLINE = 10;

/** The lines of a stream, as they come; undefined for one of more than `most` bytes, which is passed over. */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  most: number,
): AsyncGenerator<Uint8Array | undefined> {
  let pieces: Uint8Array[] = []; // of the line so far
  let length = 0;
  const extend = (piece: Uint8Array): void => {
    length += piece.length;
    if (length > most) pieces = [];
    else pieces.push(piece);
  };
  const end = (): Uint8Array | undefined => {
    const line = length > most ? undefined : Buffer.concat(pieces, length);
    pieces = [];
    length = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let newline = chunk.indexOf(NEWLINE); newline >= 0; newline = chunk.indexOf(NEWLINE, start)) {
      extend(chunk.subarray(start, newline));
      yield end();
      start = newline + 1;
    }
    extend(chunk.subarray(start));
  }
  if (length > 0) yield end();
}

/** A struct of Thrift's compact protocol: its fields by number. Of binary fields and lists only numbers matter here. */
export type Struct = ReadonlyMap<number, number | boolean | Struct>;

const [TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, STRUCT] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12];
/** Structs within structs: the header of a page has three. */
const MOST_DEPTH = 16;

/** Reads structs of Thrift's compact protocol, such as the header of a page of Parquet, out of bytes. */
export class ThriftReader {
  at: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** @throws Error for bytes that are no struct */
  struct(depth = 0): Struct {
    if (depth > MOST_DEPTH) throw new Error('nested too deeply');
    const fields = new Map<number, number | boolean | Struct>();
    for (let id = 0; ; ) {
      const head = this.#byte();
      const type = head & 15;
      if (type === 0) return fields;
      id = head >> 4 === 0 ? this.#zigzag() : id + (head >> 4);
      const value = this.#value(type, depth);
      if (value !== undefined) fields.set(id, value);
    }
  }

  /** An unsigned number of up to 10 bytes, exact below 2^53. */
  varint(): number {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.#byte();
      value += (byte & 127) * 128 ** i;
      if (byte < 128) return value;
    }
    throw new Error('a number without an end');
  }

  #value(type: number, depth: number): number | boolean | Struct | undefined {
    if (type === TRUE || type === FALSE) return type === TRUE;
    if (type === BYTE) return (this.#byte() << 24) >> 24;
    if (type === I16 || type === I32 || type === I64) return this.#zigzag();
    if (type === STRUCT) return this.struct(depth + 1);
    if (type === DOUBLE) this.#skip(8);
    else if (type === BINARY) this.#skip(this.varint());
    else if (type === LIST || type === SET) this.#list(depth);
    else throw new Error(`no type ${type}`);
    return undefined;
  }

  #list(depth: number): void {
    const head = this.#byte();
    const size = head >> 4 === 15 ? this.varint() : head >> 4;
    for (let i = 0; i < size; i++) {
      if ((head & 15) === TRUE || (head & 15) === FALSE) this.#skip(1);
      else this.#value(head & 15, depth + 1);
    }
  }

  #zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new Error('ends within a number');
    return byte;
  }

  #skip(count: number): void {
    this.at += count;
    if (this.at > this.#bytes.length) throw new Error('ends within a field');
  }
}

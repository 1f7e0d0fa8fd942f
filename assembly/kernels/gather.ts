// Between a column and a dense block, by indices.

/**
 * Copies values at the given indices of a column to a dense block.
 * Formula: out[i] = column[indices[i]].
 * Source:  -
 * Domain:  float32 of any value; indices in the column.
 * Error:   none.
 * Special: -
 * Cost:    a read at a random place for each.
 */
export function gather(count: u32, indicesPtr: usize, columnPtr: usize, outPtr: usize): void {
  for (let i: usize = 0, end = <usize>count << 2; i < end; i += 4) {
    store<f32>(outPtr + i, load<f32>(columnPtr + (<usize>load<u32>(indicesPtr + i) << 2)));
  }
}

/**
 * Copies a dense block to the given indices of a column.
 * Formula: column[indices[i]] = from[i], i rising.
 * Source:  -
 * Domain:  float32 of any value; indices in the column.
 * Error:   none.
 * Special: of an index given twice, the last value stays.
 * Cost:    a write at a random place for each.
 */
export function scatter(count: u32, indicesPtr: usize, fromPtr: usize, columnPtr: usize): void {
  for (let i: usize = 0, end = <usize>count << 2; i < end; i += 4) {
    store<f32>(columnPtr + (<usize>load<u32>(indicesPtr + i) << 2), load<f32>(fromPtr + i));
  }
}

/**
 * Takes back what a `scatter` of new values changed: `from` holds what stood there before each of its writes.
 * Formula: column[indices[i]] = from[i], i falling.
 * Source:  -
 * Domain:  float32 of any value; indices in the column.
 * Error:   none.
 * Special: of an index given twice, the first value stays.
 * Cost:    a write at a random place for each.
 */
export function scatterBack(count: u32, indicesPtr: usize, fromPtr: usize, columnPtr: usize): void {
  for (let i: usize = <usize>count << 2; i > 0; ) {
    i -= 4;
    store<f32>(columnPtr + (<usize>load<u32>(indicesPtr + i) << 2), load<f32>(fromPtr + i));
  }
}

// Between a column and a dense block, by indices.

/** Copies the float32 values at the given indices of a column to a dense block. */
export function gather(count: u32, indicesPtr: usize, columnPtr: usize, outPtr: usize): void {
  for (let i: usize = 0, end = <usize>count << 2; i < end; i += 4) {
    store<f32>(outPtr + i, load<f32>(columnPtr + (<usize>load<u32>(indicesPtr + i) << 2)));
  }
}

/** Copies a dense block of float32 to the given indices of a column; of an index given twice, the last value stays. */
export function scatter(count: u32, indicesPtr: usize, fromPtr: usize, columnPtr: usize): void {
  for (let i: usize = 0, end = <usize>count << 2; i < end; i += 4) {
    store<f32>(columnPtr + (<usize>load<u32>(indicesPtr + i) << 2), load<f32>(fromPtr + i));
  }
}

/** The same from the last to the first, which takes back what was done in order. */
export function scatterBack(count: u32, indicesPtr: usize, fromPtr: usize, columnPtr: usize): void {
  for (let i: usize = <usize>count << 2; i > 0; ) {
    i -= 4;
    store<f32>(columnPtr + (<usize>load<u32>(indicesPtr + i) << 2), load<f32>(fromPtr + i));
  }
}

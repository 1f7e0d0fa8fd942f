/**
 * Formula: C = A B, or C += A B; A is rows x inner, B inner x cols, C rows x cols. Strides are in bytes: an element of A
 *          stands at a + i aRow + l aInner, so that A or its transpose can be given; B is dense.
 * Source:  tiles of 4 rows and 8 columns in eight registers; each element is summed in the order of l.
 * Domain:  cols a multiple of 8. Rows are taken in fours: C and A have room for the rest, which holds no meaning.
 * Error:   of float32 sums of `inner` terms.
 * Special: -
 * Cost:    rows x cols x inner / 4 multiplications and as many additions.
 */
export function product(
  c: usize, cRow: usize, a: usize, aRow: usize, aInner: usize, b: usize,
  rows: usize, cols: usize, inner: usize, accumulate: bool,
): void {
  const bRow: usize = 4 * cols;
  for (let j: usize = 0; j < cols; j += 8) {
    for (let i: usize = 0; i < rows; i += 4) {
      let a0 = a + i * aRow;
      let a1 = a0 + aRow;
      let a2 = a1 + aRow;
      let a3 = a2 + aRow;
      let bPtr = b + 4 * j;
      let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
      for (let l: usize = 0; l < inner; l++) {
        const b0 = v128.load(bPtr);
        const b1 = v128.load(bPtr, 16);
        let x = v128.load_splat<f32>(a0);
        s00 = f32x4.add(s00, f32x4.mul(x, b0));
        s01 = f32x4.add(s01, f32x4.mul(x, b1));
        x = v128.load_splat<f32>(a1);
        s10 = f32x4.add(s10, f32x4.mul(x, b0));
        s11 = f32x4.add(s11, f32x4.mul(x, b1));
        x = v128.load_splat<f32>(a2);
        s20 = f32x4.add(s20, f32x4.mul(x, b0));
        s21 = f32x4.add(s21, f32x4.mul(x, b1));
        x = v128.load_splat<f32>(a3);
        s30 = f32x4.add(s30, f32x4.mul(x, b0));
        s31 = f32x4.add(s31, f32x4.mul(x, b1));
        a0 += aInner;
        a1 += aInner;
        a2 += aInner;
        a3 += aInner;
        bPtr += bRow;
      }
      let cPtr = c + i * cRow + 4 * j;
      put(cPtr, s00, s01, accumulate);
      put(cPtr += cRow, s10, s11, accumulate);
      put(cPtr += cRow, s20, s21, accumulate);
      put(cPtr + cRow, s30, s31, accumulate);
    }
  }
}

// @ts-ignore: decorator
@inline function put(ptr: usize, x: v128, y: v128, accumulate: bool): void {
  if (accumulate) {
    x = f32x4.add(v128.load(ptr), x);
    y = f32x4.add(v128.load(ptr, 16), y);
  }
  v128.store(ptr, x);
  v128.store(ptr, y, 16);
}

/** The transpose of a dense rows x cols matrix. */
export function transpose(to: usize, from: usize, rows: usize, cols: usize): void {
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < cols; j++) {
      store<f32>(to + 4 * (j * rows + i), load<f32>(from + 4 * (i * cols + j)));
    }
  }
}

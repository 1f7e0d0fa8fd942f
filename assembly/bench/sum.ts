/** Sum of `count` floats, a multiple of 32: what it costs to read memory. The memory is that of the kernel. */
export function sum(ptr: usize, count: u32): f32 {
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (const end = ptr + ((<usize>count) << 2); ptr < end; ptr += 128) {
    a = f32x4.add(a, f32x4.add(v128.load(ptr), v128.load(ptr, 16)));
    b = f32x4.add(b, f32x4.add(v128.load(ptr, 32), v128.load(ptr, 48)));
    c = f32x4.add(c, f32x4.add(v128.load(ptr, 64), v128.load(ptr, 80)));
    d = f32x4.add(d, f32x4.add(v128.load(ptr, 96), v128.load(ptr, 112)));
  }
  a = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  return f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3);
}

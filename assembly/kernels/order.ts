// Scores as integers in their order, +0 and -0 as one. Not for NaN.

/** The bits of a float with the sign bit flipped, or all bits of a negative one: they rise as the float does. */
// @ts-ignore: decorator
@inline export function toRising(x: f32): u32 {
  const bits = reinterpret<i32>(x + 0); // -0 + 0 is +0
  return bits ^ ((bits >> 31) | 0x80000000);
}

// @ts-ignore: decorator
@inline export function fromRising(bits: u32): f32 {
  return reinterpret<f32>(bits & 0x80000000 ? bits ^ 0x80000000 : ~bits);
}

/** The next float up; above +Infinity is nothing: NaN. */
// @ts-ignore: decorator
@inline export function above(x: f32): f32 {
  return fromRising(toRising(x) + 1);
}

/** Rises from best to worst in the total order: score falling, then index rising. */
// @ts-ignore: decorator
@inline export function keyOf(score: f32, index: u32): u64 {
  return (<u64>~toRising(score) << 32) | <u64>index;
}

// @ts-ignore: decorator
@inline export function scoreOf(key: u64): f32 {
  return fromRising(~<u32>(key >> 32));
}

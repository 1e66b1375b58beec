/** Test only: the elementary functions of assembly/simd.ts over arrays of count floats, count a multiple of 4. */
import { erfc4, exp4, expm14, log1p4, log4, sigmoid4, sineOfTurn4, softplus4, tanh4 } from "../../assembly/simd";

export function exp(x: usize, y: usize, count: i32): void {
  for (let i = 0; i < count; i += 4, x += 16, y += 16) v128.store(y, exp4(v128.load(x)));
}
export function expm1(x: usize, y: usize, count: i32): void {
  for (let i = 0; i < count; i += 4, x += 16, y += 16) v128.store(y, expm14(v128.load(x)));
}
export function log(x: usize, y: usize, count: i32): void {
  for (let i = 0; i < count; i += 4, x += 16, y += 16) v128.store(y, log4(v128.load(x)));
}
export function log1p(x: usize, y: usize, count: i32): void {
  for (let i = 0; i < count; i += 4, x += 16, y += 16) v128.store(y, log1p4(v128.load(x)));
}
export function sigmoid(x: usize, y: usize, count: i32): void {
  for (let i = 0; i < count; i += 4, x += 16, y += 16) v128.store(y, sigmoid4(v128.load(x)));
}
export function tanh(x: usize, y: usize, count: i32): void {
  for (let i = 0; i < count; i += 4, x += 16, y += 16) v128.store(y, tanh4(v128.load(x)));
}
export function softplus(x: usize, y: usize, count: i32): void {
  for (let i = 0; i < count; i += 4, x += 16, y += 16) v128.store(y, softplus4(v128.load(x)));
}
export function erfc(x: usize, y: usize, count: i32): void {
  for (let i = 0; i < count; i += 4, x += 16, y += 16) v128.store(y, erfc4(v128.load(x)));
}
/** x: int32, parts of a turn. */
export function sineOfTurn(x: usize, y: usize, count: i32): void {
  for (let i = 0; i < count; i += 4, x += 16, y += 16) v128.store(y, sineOfTurn4(v128.load(x)));
}

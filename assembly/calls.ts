/**
 * The long functions of `simd.ts` as calls, for code that runs once per output of a model. If they were inlined
 * everywhere, they would make up most of the module.
 */
import { exp4, expm14, log1p4, log4, pow4, sigmoid4, softplus4, tanh4 } from "./simd";

/** Static methods, because asc warns about exported functions that take vectors. */
@unmanaged export class call {
  static exp4(x: v128): v128 { return exp4(x); }
  static expm14(x: v128): v128 { return expm14(x); }
  static log4(x: v128): v128 { return log4(x); }
  static log1p4(x: v128): v128 { return log1p4(x); }
  static sigmoid4(x: v128): v128 { return sigmoid4(x); }
  static softplus4(x: v128): v128 { return softplus4(x); }
  static tanh4(x: v128): v128 { return tanh4(x); }
  static pow4(x: v128, y: v128): v128 { return pow4(x, y); }
}

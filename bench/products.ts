/**
 * The three matrix products of a dense layer, as the pure-JavaScript rivals write them. All buffers are the caller's.
 */
export interface Products {
  /** y[rows,units] = x[rows,inputs] · kernel[inputs,units] + bias[units] */
  dense(
    x: Float32Array,
    kernel: Float32Array,
    bias: Float32Array,
    y: Float32Array,
    rows: number,
    inputs: number,
    units: number,
  ): void;

  /** dKernel[inputs,units] = x[rows,inputs]ᵀ · dy[rows,units] */
  kernelGradient(
    x: Float32Array,
    dy: Float32Array,
    dKernel: Float32Array,
    rows: number,
    inputs: number,
    units: number,
  ): void;

  /** dx[rows,inputs] = dy[rows,units] · kernel[inputs,units]ᵀ */
  inputGradient(
    dy: Float32Array,
    kernel: Float32Array,
    dx: Float32Array,
    rows: number,
    inputs: number,
    units: number,
  ): void;
}

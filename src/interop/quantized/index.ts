export { loadQuantized, type QuantizedModel, type QuantizeOptions, quantize } from "./quantized.js";

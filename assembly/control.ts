/** The control block: values that TypeScript writes for each batch, and values that kernels add to or set. */
import { ControlField, Place } from "../src/plan/op";

@inline export function rowsInBatch(): i32 {
  return load<i32>(Place.Control + ControlField.Rows);
}
@inline export function stepNumber(): i32 {
  return load<i32>(Place.Control + ControlField.Step);
}
@inline export function batchNumber(): i32 {
  return load<i32>(Place.Control + ControlField.Batch);
}
@inline export function wideRows(): bool {
  return load<i32>(Place.Control + ControlField.WideRows) != 0;
}
@inline export function learningRate(): f32 {
  return load<f32>(Place.Control + ControlField.LearningRate);
}
@inline export function status(): i32 {
  return load<i32>(Place.Control + ControlField.Status);
}
@inline export function setStatus(value: i32): void {
  store<i32>(Place.Control + ControlField.Status, value);
}
/** Adds to one of the f64 sums of the control block. */
@inline export function addToSum(field: i32, value: f64): void {
  const at = <usize>(Place.Control + field);
  store<f64>(at, load<f64>(at) + value);
}

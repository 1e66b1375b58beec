/** A dense net as an ONNX file, with just as much of protobuf as that takes. Field numbers are those of onnx.proto. */

const text = new TextEncoder();

function varint(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}

const integer = (field, value) => [Uint8Array.from([...varint(field << 3), ...varint(value)])];

/** A length-delimited field: a string, bytes, or a message given as its parts. */
function block(field, content) {
  const parts =
    typeof content === "string" ? [text.encode(content)] : content instanceof Uint8Array ? [content] : content;
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return [Uint8Array.from([...varint((field << 3) | 2), ...varint(size)]), ...parts];
}

const FLOAT = 1;

function tensor(name, dims, data) {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return [...dims.flatMap((n) => integer(1, n)), ...integer(2, FLOAT), ...block(8, name), ...block(9, bytes)];
}

function node(type, inputs, output) {
  return [...inputs.flatMap((name) => block(1, name)), ...block(2, output), ...block(4, type)];
}

/** A value of [any number of rows, columns]. */
function value(name, columns) {
  const shape = [...block(1, block(2, "rows")), ...block(1, integer(1, columns))];
  return [...block(1, name), ...block(2, block(1, [...integer(1, FLOAT), ...block(2, shape)]))];
}

const ACTIVATIONS = { relu: "Relu", sigmoid: "Sigmoid", softmax: "Softmax" };

/** Bytes of the model; input "x", output "y". */
export function encodeOnnx({ sizes, hidden, output, weights }) {
  const graph = [];
  let input = "x";
  for (let i = 1; i < sizes.length; i++) {
    const isLast = i === sizes.length - 1;
    const activation = ACTIVATIONS[isLast ? output : hidden];
    const sum = activation || !isLast ? `z${i}` : "y";
    graph.push(...block(1, node("Gemm", [input, `kernel${i}`, `bias${i}`], sum)));
    input = isLast ? "y" : `h${i}`;
    if (activation) graph.push(...block(1, node(activation, [sum], input)));
    graph.push(...block(5, tensor(`kernel${i}`, [sizes[i - 1], sizes[i]], weights[2 * i - 2])));
    graph.push(...block(5, tensor(`bias${i}`, [sizes[i]], weights[2 * i - 1])));
  }
  graph.push(...block(2, "net"), ...block(11, value("x", sizes[0])), ...block(12, value("y", sizes[sizes.length - 1])));
  const opset = [...block(1, ""), ...integer(2, 13)];
  return new Uint8Array(Buffer.concat([...integer(1, 8), ...block(7, graph), ...block(8, opset)]));
}

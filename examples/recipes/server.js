// Answers requests: node server.js churn.safetensors, then POST a row as JSON to http://localhost:3000/predict
import { readFile } from "node:fs/promises";
import fastify from "fastify";
import { TableModel } from "simdgrad/table";

const model = await TableModel.load(await readFile(process.argv[2]));
const server = fastify().post("/predict", (request) => model.predict(request.body));
console.log(await server.listen({ port: Number(process.env.PORT ?? 3000) }));

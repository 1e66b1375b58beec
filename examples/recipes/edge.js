// An edge function: a request with a row or rows as JSON, answers as JSON. The model comes from MODEL_URL.
// Where a host compiles no bytes (Cloudflare Workers), import the module and pass it: TableModel.load(bytes, { wasm }).
import { TableModel } from "simdgrad/table";

let model;

export default {
  async fetch(request, env) {
    if (request.method !== "POST") return Response.json({ error: "POST a row as JSON" }, { status: 405 });
    try {
      model ??= TableModel.load(await (await fetch(env.MODEL_URL)).arrayBuffer(), { threads: 1 });
      return Response.json((await model).predict(await request.json()));
    } catch (error) {
      const isOurs = error.name === "DataError" || error instanceof SyntaxError;
      if (!isOurs) model = undefined;
      return Response.json({ error: error.message }, { status: isOurs ? 400 : 500 });
    }
  },
};

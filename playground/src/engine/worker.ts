/** The engine in a worker: requests come in, events go out. */
import { Engine } from "./engine.js";
import type { EngineEvent, EngineRequest } from "./protocol.js";

const scope = self as unknown as {
  postMessage(event: EngineEvent): void;
  onmessage: (event: MessageEvent<EngineRequest>) => void;
};
const engine = new Engine((event) => scope.postMessage(event));
scope.onmessage = ({ data }) => engine.take(data);
scope.postMessage({ type: "ready" });

/** The engine in a worker: orders come in, news go out. */
import { Engine } from "./engine.js";
import type { News, Order } from "./protocol.js";

const scope = self as unknown as { postMessage(news: News): void; onmessage: (event: MessageEvent<Order>) => void };
const engine = new Engine((news) => scope.postMessage(news));
scope.onmessage = ({ data }) => engine.take(data);
scope.postMessage({ type: "ready" });

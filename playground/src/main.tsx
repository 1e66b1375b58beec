/** Starts the page. */
import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./style.css";
import { App } from "./views/App.js";

const root = document.getElementById("app");
if (root) render(<App />, root);

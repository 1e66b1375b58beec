/** VitePress's theme with our colours, the playground on the first page, and the button that copies a whole program. */
import { withBase } from "vitepress";
import DefaultTheme from "vitepress/theme";
import { h } from "vue";
import "./style.css";

async function copyProgram({ target }) {
  const button = target instanceof Element ? target.closest("button.copy-program") : null;
  if (button === null) return;
  const program = button.getAttribute("data-program") ?? "";
  try {
    await navigator.clipboard.writeText(program);
    button.textContent = "Copied";
  } catch {
    button.textContent = "The browser does not let this page copy";
  }
}

/** The playground under the headline of the first page. */
const live = () =>
  h("div", { class: "live-frame" }, [
    h("iframe", {
      class: "live",
      src: `${withBase("/playground/index.html")}#source=xor&embed&autoplay`,
      title: "A neural network that learns, in the playground",
    }),
  ]);

export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { "home-hero-after": live }),
  enhanceApp() {
    if (typeof document !== "undefined") document.addEventListener("click", copyProgram);
  },
};

/** The parts of the page that stay in view, so that what is scrolled to does not lie under them. */
import { useEffect } from "preact/hooks";

/** Largest share of the window that head and plane may take together. */
const MOST = 0.6;

/**
 * Gives the styles the height of the head (`--head`) and of the plane (`--pinned`), and the page the class `pins` if there is
 * room for both, as there is not in a low window or with large text.
 */
export function usePinned(page: { readonly current: HTMLElement | null }): void {
  useEffect(() => {
    const [head, main] = ["header", "main"].map((name) => page.current?.querySelector<HTMLElement>(name));
    const output = main?.querySelector<HTMLElement>(".output");
    if (!head) return;
    const measure = () => {
      const root = document.documentElement;
      const pinned = output?.offsetHeight ?? 0;
      root.style.setProperty("--head", `${head.offsetHeight}px`);
      root.style.setProperty("--pinned", `${pinned}px`);
      root.classList.toggle("pins", head.offsetHeight + pinned <= MOST * innerHeight);
    };
    const observer = new ResizeObserver(measure);
    for (const each of [head, output]) if (each) observer.observe(each);
    addEventListener("resize", measure);
    return () => {
      observer.disconnect();
      removeEventListener("resize", measure);
    };
  }, [page]);
}

/** Light or dark: as the system prefers, or as the user chose here before. */
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { paperColor, type Rgb } from "../draw/colors.js";
import { recall, remember } from "./memory.js";

export interface Theme {
  readonly isDark: boolean;
  toggle(): void;
}

export const ThemeContext = createContext<Theme>({ isDark: false, toggle: () => {} });

export function useTheme(): Theme {
  const query = matchMedia("(prefers-color-scheme: dark)");
  const [isDark, setDark] = useState(() => (recall("theme") ?? (query.matches ? "dark" : "light")) === "dark");
  useEffect(() => {
    const follow = ({ matches }: MediaQueryListEvent) => recall("theme") ?? setDark(matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  useEffect(() => {
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
  }, [isDark]);
  return {
    isDark,
    toggle: () => {
      remember("theme", isDark ? "light" : "dark");
      setDark(!isDark);
    },
  };
}

/** Colours for canvases, which style sheets do not reach. */
export function useInk(): { paper: Rgb; ink: Rgb } {
  const { isDark } = useContext(ThemeContext);
  return { paper: paperColor(isDark), ink: isDark ? [232, 234, 240] : [30, 34, 42] };
}

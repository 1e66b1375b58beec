/** Light or dark: as the system prefers, until the user chooses otherwise. */
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { paperColor, type Rgb } from "../draw/colors.js";

export interface Theme {
  readonly isDark: boolean;
  toggle(): void;
}

export const ThemeContext = createContext<Theme>({ isDark: false, toggle: () => {} });

export function useTheme(): Theme {
  const query = matchMedia("(prefers-color-scheme: dark)");
  const [isDark, setDark] = useState(query.matches);
  useEffect(() => {
    const follow = ({ matches }: MediaQueryListEvent) => setDark(matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  useEffect(() => {
    document.documentElement.dataset.theme = isDark ? "dark" : "light";
  }, [isDark]);
  return { isDark, toggle: () => setDark((was) => !was) };
}

/** Colours for canvases, which style sheets do not reach. */
export function useInk(): { paper: Rgb; ink: Rgb } {
  const { isDark } = useContext(ThemeContext);
  return { paper: paperColor(isDark), ink: isDark ? [232, 234, 240] : [30, 34, 42] };
}

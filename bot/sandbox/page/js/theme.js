/** Dark or light: the system's choice until somebody presses the switch. */

import { fill } from "./dom.js";
import { icon } from "./icons.js";
import { settings } from "./keep.js";

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const current = () => settings.get("theme") ?? (dark.matches ? "dark" : "light");

function apply() {
  const theme = current();
  document.documentElement.dataset.theme = theme;
  const button = document.getElementById("theme-switch");
  if (!button) return;
  fill(button, icon(theme === "dark" ? "sun" : "moon"));
  button.setAttribute("aria-label", theme === "dark" ? "Use the light theme" : "Use the dark theme");
}

export function startTheme() {
  apply();
  dark.addEventListener("change", apply);
  document.getElementById("theme-switch")?.addEventListener("click", () => {
    settings.set("theme", current() === "dark" ? "light" : "dark");
    apply();
  });
}

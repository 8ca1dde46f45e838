/**
 * Dark or light: as the system says, until the reader says otherwise.
 *
 * @module
 */

const system = matchMedia("(prefers-color-scheme: dark)");

/** Calls `onChange` with every change of the theme, whoever makes it. */
export function watchTheme(onChange) {
  const button = document.getElementById("theme");
  const apply = (dark) => {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    button.setAttribute("aria-pressed", String(dark));
    onChange();
  };
  system.addEventListener("change", ({ matches }) => apply(matches));
  button.addEventListener("click", () => {
    apply(document.documentElement.dataset.theme !== "dark");
  });
  apply(system.matches);
}

/** A color of the style sheet, by the name of its variable. */
export function colorOf(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

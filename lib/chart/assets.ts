/**
 * The texts that every chart page has in it, loaded when the first page is made.
 *
 * Imported as text they are part of the module graph: so they are there in a checkout, from
 * a URL and in a compiled binary, without a permission to read or to connect.
 *
 * @module
 */

/** The parts of a page that do not depend on its data. */
export interface Assets {
  /** The charting library, as its maker publishes it, under the Apache License 2.0. */
  readonly library: string;
  /** The page's own script. */
  readonly script: string;
  /** The page's style sheet. */
  readonly style: string;
}

/** Loads them. */
export async function loadAssets(): Promise<Assets> {
  const [library, style, ...scripts] = await Promise.all([
    import("./vendor/lightweight_charts.js", { with: { type: "text" } }),
    import("./page/page.css", { with: { type: "text" } }),
    import("./page/format.js", { with: { type: "text" } }),
    import("./page/theme.js", { with: { type: "text" } }),
    import("./page/plot.js", { with: { type: "text" } }),
    import("./page/panels.js", { with: { type: "text" } }),
    import("./page/main.js", { with: { type: "text" } }),
  ]);
  return {
    library: library.default,
    script: joined(scripts.map((script) => script.default)),
    style: style.default,
  };
}

/** Modules that import each other by name, as one: each comes after those that it imports. */
function joined(modules: readonly string[]): string {
  return modules
    .map((text) => text.replace(/^import [^;]*;\n/gm, "").replace(/^export /gm, ""))
    .join("\n");
}

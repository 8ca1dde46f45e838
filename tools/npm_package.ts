/**
 * `deno task npm`: makes `dist/npm/`, a package that `npm pack` and `npm publish` take.
 *
 * It holds the program in one file, and a launcher for Node.js that runs it by Deno.
 *
 * @module
 */

import manifest from "../deno.json" with { type: "json" };
import { bundleProgram } from "./bundle.ts";
import { readTask, say } from "./task.ts";

const ROOT = new URL("../", import.meta.url);

const HELP = `
deno task npm

Makes dist/npm/, a package for npm; then: npm pack ./dist/npm
`;

if (import.meta.main) {
  readTask({ help: HELP });
  await makePackage(new URL("dist/npm/", ROOT));
  say("Made dist/npm/, a package for npm: npm pack ./dist/npm");
}

/** Writes the package into a folder, whose URL ends with a slash. */
export async function makePackage(folder: URL): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await bundleProgram(new URL("flatfetch.js", folder));
  await Deno.copyFile(new URL("npm_launcher.js", import.meta.url), new URL("launcher.js", folder));
  await Deno.copyFile(new URL("npm_readme.md", import.meta.url), new URL("README.md", folder));
  await Deno.copyFile(new URL("LICENSE", ROOT), new URL("LICENSE", folder));
  const description = {
    name: "flatfetch",
    version: manifest.version,
    description: "Preloads market data from Massive.com's flat files; runs by Deno",
    license: manifest.license,
    type: "module",
    bin: { flatfetch: "launcher.js" },
    files: ["launcher.js", "flatfetch.js"],
    engines: { node: ">=18" },
  };
  const text = `${JSON.stringify(description, null, 2)}\n`;
  await Deno.writeTextFile(new URL("package.json", folder), text);
}

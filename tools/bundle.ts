/**
 * `deno task bundle`: makes the program one file, `dist/flatfetch.js`, which has the threads' module
 * in it as text and starts them from there, so that it needs no permission to read itself.
 *
 * @module
 */

import { readTask } from "./task.ts";

const ROOT = new URL("../", import.meta.url);
const FLATFILE = new URL("lib/flatfile/", ROOT);

const HELP = `
deno task bundle

Makes dist/flatfetch.js, the program in one file: deno run -A dist/flatfetch.js TSLA
`;

if (import.meta.main) {
  readTask({ help: HELP });
  await Deno.mkdir(new URL("dist/", ROOT), { recursive: true });
  await bundleProgram(new URL("dist/flatfetch.js", ROOT));
}

/** Writes the program to one file. */
export async function bundleProgram(file: string | URL): Promise<void> {
  const thread = await bundle("--minify", new URL("extract_worker.ts", FLATFILE).href);
  const folder = await Deno.makeTempDir();
  try {
    const module = `${folder}/thread_module.js`;
    await Deno.writeTextFile(
      module,
      `const text = ${JSON.stringify(thread)};\n` +
        `const blob = new Blob([text], { type: "text/javascript" });\n` +
        `export const THREAD_URL = new URL(URL.createObjectURL(blob));\n`,
    );
    const map = `${folder}/import_map.json`;
    const imports = { [new URL("thread_module.ts", FLATFILE).href]: `file://${module}` };
    await Deno.writeTextFile(map, JSON.stringify({ imports }));
    const program = await bundle(`--import-map=${map}`, new URL("cli.ts", ROOT).href);
    await Deno.writeTextFile(file, program);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What `deno bundle` makes of a module. */
async function bundle(...args: readonly string[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", ...args],
    cwd: ROOT,
    stderr: "inherit",
  });
  const { success, stdout } = await command.output();
  if (!success) throw new Error(`Cannot bundle: deno bundle ${args.join(" ")} failed`);
  return new TextDecoder().decode(stdout);
}

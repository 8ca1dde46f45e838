/**
 * `deno task bundle`: makes the program one file, `dist/flatfetch.js`, which has the threads' module
 * in it as text and starts them from there, so that it needs no permission to read itself.
 *
 * @module
 */

import { pathToFileURL } from "node:url";
import { readTask, say } from "./task.ts";

const ROOT = new URL("../", import.meta.url);

/** Threads: what starts them, what they run, and under which name the one has the other. */
const THREADS = [
  {
    starter: "flatfile/thread_module.ts",
    module: "flatfile/extract_worker.ts",
    name: "THREAD_URL",
  },
  {
    starter: "export/converter_module.ts",
    module: "export/convert_worker.ts",
    name: "CONVERTER_URL",
  },
] as const;

const HELP = `
deno task bundle

Makes dist/flatfetch.js, the program in one file: deno run -A dist/flatfetch.js TSLA
`;

if (import.meta.main) {
  readTask({ help: HELP });
  await Deno.mkdir(new URL("dist/", ROOT), { recursive: true });
  await bundleProgram(new URL("dist/flatfetch.js", ROOT));
  say("Made dist/flatfetch.js");
}

/** Writes the program to one file. */
export async function bundleProgram(file: string | URL): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const imports: Record<string, string> = {};
    for (const { starter, module, name } of THREADS) {
      const thread = await bundle("--minify", new URL(`lib/${module}`, ROOT).href);
      const path = `${folder}/${name}.js`;
      await Deno.writeTextFile(
        path,
        `const text = ${JSON.stringify(thread)};\n` +
          `const blob = new Blob([text], { type: "text/javascript" });\n` +
          `export const ${name} = new URL(URL.createObjectURL(blob));\n`,
      );
      imports[new URL(`lib/${starter}`, ROOT).href] = pathToFileURL(path).href;
    }
    const map = `${folder}/import_map.json`;
    await Deno.writeTextFile(map, JSON.stringify({ imports }));
    const program = await bundle(`--import-map=${map}`, new URL("cli.ts", ROOT).href);
    await Deno.writeTextFile(file, fromAnywhere(program));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Packages of CommonJS require modules of Node.js alone, for which any path on the disk does. */
function fromAnywhere(program: string): string {
  const here = 'import.meta.url.startsWith("file:") ? import.meta.url : "file:///flatfetch.js"';
  return program.replaceAll("createRequire(import.meta.url)", `createRequire(${here})`);
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

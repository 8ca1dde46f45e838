/**
 * Every source file of the program and of the page that it makes.
 *
 * @module
 */

import { readSources, type Source } from "./source_reader.ts";

const ROOT = new URL("../", import.meta.url);

/** What Deno runs. */
const SCRIPT = /\.([mc]?[jt]s|[jt]sx)$/;
/** The charting library, as others have written it, and types of a package that has none. */
const OTHERS = /^lib\/(chart\/vendor\/|deps\/\w+\.d\.ts$)/;

/** Whether somebody here has written it, and Deno runs it. */
export function isSource(path: string): boolean {
  return SCRIPT.test(path) && !OTHERS.test(path);
}

/** All of them. */
export const files: readonly Source[] = readSources(await texts());

async function texts(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const folders = ["lib/"];
  const paths = ["cli.ts", "mod.ts"];
  for (const folder of folders) {
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
      if (isDirectory) folders.push(`${folder}${name}/`);
      else if (isSource(folder + name)) paths.push(folder + name);
    }
  }
  for (const path of paths) {
    found.set(path, await Deno.readTextFile(new URL(path, ROOT)));
  }
  return found;
}

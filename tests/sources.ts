/**
 * Every source file of the program and of the page that it makes, with what it imports.
 *
 * @module
 */

const ROOT = new URL("../", import.meta.url);

/** A source file. */
export interface Source {
  readonly path: string;
  /** Without comments. */
  readonly code: string;
  /** Paths of this project's files that it imports, for types as well, or loads later. */
  readonly imports: readonly string[];
  /** Those of them that it loads later. */
  readonly later: readonly string[];
  /** Those that have to be loaded before it runs: neither for types nor later. */
  readonly needs: readonly string[];
}

/** `import { a, type B } from "./c.ts"`, and the same with `export`. */
const STATEMENT =
  /^(?:import|export)\s+(type\s+)?(?:\{([^}]*)\}|(\w+)|\* as \w+)\s+from\s+"(\.[^"]+)"/gm;

/** All of them. */
export const files: readonly Source[] = await Array.fromAsync(sources());

async function* sources(): AsyncGenerator<Source> {
  yield await source("cli.ts");
  yield await source("mod.ts");
  const folders = ["lib/"];
  for (const folder of folders) {
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
      if (isDirectory && name !== "vendor") folders.push(`${folder}${name}/`);
      else if (/\.(ts|js)$/.test(name) && !/\.d\.ts$/.test(name)) yield await source(folder + name);
    }
  }
}

async function source(path: string): Promise<Source> {
  const text = await Deno.readTextFile(new URL(path, ROOT));
  const code = text.replace(/\/\*\*?[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const targets = (pattern: RegExp) =>
    Array.from(code.matchAll(pattern), ([, specifier]) => resolve(specifier!, path));
  const statements = Array.from(code.matchAll(STATEMENT), statementOf(path));
  return {
    path,
    code,
    imports: targets(/(?:\bfrom|^import|\bimport\()\s*"(\.[^"]+)"/gm),
    later: targets(/\bimport\("(\.[^"]+)"\)/g),
    needs: [
      ...statements.filter(({ isType }) => !isType).map(({ target }) => target),
      ...targets(/^import "(\.[^"]+)"/gm),
    ],
  };
}

function statementOf(path: string) {
  return ([, type, list = "", , from]: RegExpExecArray) => {
    const parts = list.split(",").map((part) => part.trim()).filter((part) => part !== "");
    return {
      target: resolve(from!, path),
      isType: type !== undefined ||
        parts.length > 0 && parts.every((part) => part.startsWith("type ")),
    };
  };
}

function resolve(specifier: string, importer: string): string {
  return new URL(specifier, new URL(importer, ROOT)).href.slice(ROOT.href.length);
}

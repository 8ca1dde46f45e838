/**
 * Module caches that are empty at first, and what comes into them from the package registry.
 *
 * @module
 */

import { type Place, registryEnvironment, ROOT } from "./place.ts";

const lock = JSON.parse(await Deno.readTextFile(`${ROOT}deno.lock`));

/** What the program uses, without versions, ascending. */
export const PACKAGES: readonly string[] = Object.keys(lock.npm)
  .map((name) => name.replace(/@[^@]+$/, "")).sort();

/** Whether this machine can take packages from anywhere: without that there is no first run. */
export const isRegistryReached: boolean = await reachRegistry();

/** Variables of a module cache that has nothing. */
export async function emptyModules(place: Place) {
  const path = await Deno.makeTempDir({ dir: place.home, prefix: "deno_" });
  return { DENO_DIR: path, ...registryEnvironment() };
}

/** The packages in a module cache, ascending. */
export function packagesIn(denoDirectory: string): string[] {
  const [registry] = Deno.readDirSync(`${denoDirectory}/npm`);
  const root = `${denoDirectory}/npm/${registry!.name}`;
  const names = Array.from(Deno.readDirSync(root), ({ name }) => name);
  return names.flatMap((name) =>
    name.startsWith("@")
      ? Array.from(Deno.readDirSync(`${root}/${name}`), (inner) => `${name}/${inner.name}`)
      : [name]
  ).sort();
}

async function reachRegistry(): Promise<boolean> {
  const registry = Deno.env.get("NPM_CONFIG_REGISTRY") ?? "https://registry.npmjs.org/";
  try {
    const response = await fetch(registry, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

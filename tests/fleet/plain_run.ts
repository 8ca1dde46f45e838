/**
 * The program as processes that have chance: the client of NATS makes its names by it, and those of
 * other tests have none.
 *
 * @module
 */

import { KEYS, type World } from "../program/harness.ts";

const CLI = decodeURIComponent(new URL("../../cli.ts", import.meta.url).pathname);

/** Where this Deno keeps what it has downloaded. */
export const denoDirectory: string = JSON.parse(
  new TextDecoder().decode(
    new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync().stdout,
  ),
).denoDir;

/** A process of the program with a world's bucket and cache. */
export function command(
  world: World,
  args: readonly string[],
  { streams, env = {} }: { streams: "null" | "piped"; env?: Readonly<Record<string, string>> },
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", CLI, ...args],
    clearEnv: true,
    env: {
      HOME: world.home,
      LANG: "C.UTF-8",
      FLATFETCH_CACHE_DIR: world.cache,
      FLATFETCH_ENDPOINT: world.url,
      MASSIVE_S3_ACCESS_KEY_ID: KEYS.accessKeyId,
      MASSIVE_S3_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      DENO_DIR: denoDirectory,
      ...env,
    },
    stdin: "null",
    stdout: streams,
    stderr: streams,
  });
}

/** Runs the program to its end. */
export async function run(
  world: World,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const { code, stdout, stderr } = await command(world, args, { streams: "piped", env }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

/**
 * `deno task compile`: makes the program a binary, `dist/flatfetch`.
 *
 * @module
 */

import { readTask, runDeno } from "./task.ts";

/** What the binary may do, which is enough for the main job. */
export const PERMISSIONS: readonly string[] = [
  "--no-prompt",
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-sys=statfs",
];

const HELP = `
deno task compile

Makes dist/flatfetch, a binary of its own. Deno fetches its runtime for that once.
`;

if (import.meta.main) {
  readTask({ help: HELP });
  await runDeno(compileTo("dist/flatfetch"));
}

/** Arguments of Deno that make the binary. */
export function compileTo(binary: string): string[] {
  const lock = ["--lock=deno.lock", "--frozen"];
  const output = ["--exclude-unused-npm", "--output", binary];
  return ["compile", ...lock, ...PERMISSIONS, ...output, "cli.ts"];
}

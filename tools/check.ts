/**
 * `deno task check`: format, lint, types and documentation.
 *
 * @module
 */

import { readTask, runDeno } from "./task.ts";

const HELP = `
deno task check

Checks format, lint, types (as others check them as well) and documentation.
`;

readTask({ help: HELP });
await runDeno(
  ["fmt", "--check"],
  ["lint"],
  ["check", "cli.ts", "mod.ts", "lib", "fixtures", "tests", "tools"],
  ["check", "--no-config", "cli.ts", "mod.ts"],
  ["doc", "--lint", "tests/public_types.ts"],
);

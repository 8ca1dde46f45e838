/**
 * `deno task ok`: all that a change has to pass.
 *
 * @module
 */

import { readTask, runDeno } from "./task.ts";

const HELP = `
deno task ok

Runs deno task check, then deno task test.
`;

readTask({ help: HELP });
await runDeno(["task", "check"], ["task", "test"]);

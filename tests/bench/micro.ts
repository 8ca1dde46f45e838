/**
 * `deno task bench:micro`: extraction, journal, listing and signing by themselves.
 *
 * @module
 */

import { readTask, runDeno } from "../../tools/task.ts";

const FOLDER = decodeURIComponent(new URL(".", import.meta.url).pathname);
const SUFFIX = "_bench.ts";
const BENCHES = Array.from(Deno.readDirSync(FOLDER), ({ name }) => name)
  .filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length)).sort();

const HELP = `
deno task bench:micro [NAME…]

Measures parts of the program by themselves, or those whose names begin so:
${BENCHES.join(" ")}.
`;

const { names } = readTask({ help: HELP, names: BENCHES });
await runDeno(["bench", "-A", ...names.map((name) => `${FOLDER}${name}${SUFFIX}`)]);

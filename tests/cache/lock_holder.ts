/**
 * A process that takes the lock `DIRECTORY/lock`, says so, and holds it until it is killed.
 *
 * @module
 */

import { Lock } from "../../lib/cache/lock.ts";

const lock = await Lock.take(`${Deno.args[0]}/lock`);
Deno.stdout.writeSync(new TextEncoder().encode("held\n"));
setInterval(() => lock, 1_000);

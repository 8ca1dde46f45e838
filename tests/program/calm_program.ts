/**
 * The program as a process of its own, whose back-offs take no time.
 *
 * @module
 */

import { connect } from "../../cli.ts";
import { readEnvironment } from "../../lib/cli/access/environment.ts";

await connect(Deno.args, readEnvironment(), { random: () => 0 });
Deno.exit();

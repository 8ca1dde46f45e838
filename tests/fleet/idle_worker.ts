/**
 * A worker whose work is to wait and to write down that it did, for tests that end processes.
 *
 *     deno run … idle_worker.ts URL NAME FOLDER SLOTS LEAST_MS
 *
 * A task's work has `waitMs`, or what this worker takes at least, and `fails` where it cannot be
 * done. One without either is done at once, and not written down.
 *
 * @module
 */

import { FleetConnection } from "../../lib/fleet/connection.ts";
import { runWorker } from "../../lib/fleet/worker.ts";

const [url, name, folder, slots, leastMs] = Deno.args as [string, string, string, string, string];
const stop = new AbortController();
Deno.addSignalListener("SIGTERM", () => stop.abort(new Error("SIGTERM")));
await using fleet = await FleetConnection.open({ url, name });
await runWorker(fleet, {
  slots: Number(slots),
  signal: stop.signal,
  judge: (error) => ({ kind: "again", reason: (error as Error).message }),
  work: async ({ key, work }, signal) => {
    if (work.waitMs === undefined && !work.fails) return { rows: 1 };
    await Deno.writeTextFile(`${folder}/begun`, `${key} ${name}\n`, { append: true });
    if (work.fails) throw new Error("it cannot be done");
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, Math.max(Number(work.waitMs), Number(leastMs)));
    signal.addEventListener("abort", () => reject(signal.reason));
    await promise.finally(() => clearTimeout(timer));
    await Deno.writeTextFile(`${folder}/${key}`, name);
    return { rows: 1 };
  },
});

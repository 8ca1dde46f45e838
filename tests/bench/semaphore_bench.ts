/**
 * `deno bench tests/bench/semaphore_bench.ts`: what waiting for a turn costs, by how many wait.
 *
 * @module
 */

import { Semaphore } from "../../lib/semaphore.ts";

for (const tasks of [1_255, 12_550, 125_500]) {
  Deno.bench(`${tasks} tasks wait for 20 places, with a signal`, async () => {
    const semaphore = new Semaphore(20, 2 ** 27);
    const { signal } = new AbortController();
    const run = () => semaphore.run(() => Promise.resolve(), { signal, bytes: 220_000 });
    await Promise.all(Array.from({ length: tasks }, run));
  });
}

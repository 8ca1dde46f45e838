/** An array of a real Slurm, by the script of the documentation. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { bytesUnder } from "../program/home.ts";
import { Place, ROOT } from "./place.ts";
import { Slurm, slurmIsMissing } from "./slurm.ts";

Deno.test({
  name:
    `examples/slurm_array.sh exports with four tasks of which one is killed and requeued${slurmIsMissing}`,
  ignore: slurmIsMissing !== "",
  fn: async () => {
    await using place = await Place.open({ latencyMs: 300 });
    const { home, files, env } = place;
    const whole = ["export", files.dataset, "--to", "2025-12-31", "--into", `${home}/whole`];
    assertEquals((await place.start(whole).ended).code, 0);
    place.s3.clearRequests();

    const program = `${home}/program.sh`;
    const run = `exec "${Deno.execPath()}" run -A --cached-only "${ROOT}cli.ts" "$@"`;
    const pids = `${home}/pid_\${SLURM_ARRAY_TASK_ID}_\${SLURM_RESTART_COUNT:-0}`;
    const text = `#!/bin/sh\necho $$ > "${pids}.new"; mv "${pids}.new" "${pids}"\n${run}\n`;
    await Deno.writeTextFile(program, text, { mode: 0o755 });
    const folder = await Deno.makeTempDir({ dir: home, prefix: "slurm_" });
    {
      await using slurm = await Slurm.start(folder);
      const variables = { FLATFETCH: program, LAKE: `${home}/lake`, DATASET: files.dataset };
      const caches = { FLATFETCH_CACHE_DIR: `${home}/tasks` };
      const submit = ["sbatch", "--parsable", `--chdir=${home}`, `${ROOT}examples/slurm_array.sh`];
      const job = (await slurm.run(submit, { ...env, ...variables, ...caches }))?.trim();
      assertMatch(`${job}`, /^\d+$/);
      await slurm.until(`cat ${home}/pid_2_0`, /^\d+\n$/);
      Deno.kill(Number(await Deno.readTextFile(`${home}/pid_2_0`)), "SIGKILL");
      // What is put back waits for minutes otherwise; until it is started the queue may look empty.
      const now = ["scontrol", "update", `JobId=${job}_2`, "StartTime=now"];
      await slurm.until(`ls ${home}`, /^pid_2_[1-9]$/m, now);
      await slurm.until("squeue -h", /^\s*$/);
      for (const task of [1, 2, 3, 4]) {
        const log = await Deno.readTextFile(`${home}/flatfetch-${job}_${task}.log`);
        assertMatch(log, /Exported \d+ files into/);
      }
    }
    await place.quiet();
    const gets = place.s3.takeGets();
    assertEquals([...new Set(gets)], place.keys);
    assert(gets.length <= place.keys.length + 15, "a file of the killed task is fetched again");
    assertEquals(await bytesUnder(`${home}/lake`), await bytesUnder(`${home}/whole`));
  },
});

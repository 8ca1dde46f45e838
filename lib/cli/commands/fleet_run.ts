/**
 * Runs `flatfetch fleet`.
 *
 * @module
 */

import { quote, UsageError } from "../../errors.ts";
import { endJob, type JobStatus, listJobs, setAtOnce, statusOf } from "../../fleet/jobs.ts";
import type { Job } from "../../fleet/protocol.ts";
import type { Context } from "../context.ts";
import { openFleet } from "../access/fleet_access.ts";
import { showJson, showLine, showTable } from "../terminal/results.ts";
import { countText } from "../render/wording.ts";
import type { FleetCommandArgs } from "./fleet.ts";

/** Shows the jobs of a fleet, ends them, or changes their limit. */
export async function runFleet(args: FleetCommandArgs, context: Context): Promise<number> {
  const { url, action } = args;
  await using fleet = await openFleet(url, args, { ...context, name: "fleet" });
  const jobs = await listJobs(fleet);
  if (action.kind === "status") {
    const found = await Promise.all(jobs.map((job) => statusOf(fleet, job)));
    return await showStatus(found.filter((one) => one !== undefined), args, context);
  }
  const chosen = choose(jobs, action.job);
  for (const job of chosen) {
    if (action.kind === "cancel") await endJob(fleet, job);
    else await setAtOnce(fleet, job, action.count);
  }
  if (args.json) return await showJson(chosen.map(({ id }) => id), context);
  if (chosen.length === 0) return showNone(context);
  const what = action.kind === "cancel"
    ? `Cancelled ${countText(chosen.length, "job")}`
    : `${countText(chosen.length, "job")} may now have ${countText(action.count, "task")} at once`;
  return showLine(`${what}.`, context);
}

function choose(jobs: readonly Job[], id: string | undefined): readonly Job[] {
  if (id === undefined) return jobs;
  const chosen = jobs.filter((job) => job.id === id);
  if (chosen.length > 0) return chosen;
  const known = jobs.map((job) => job.id).join(", ") || "none";
  throw new UsageError(`Cannot find job ${quote(id)}: the fleet has ${known}`);
}

function showNone(context: Context): number {
  return showLine("The fleet has no job.", context);
}

async function showStatus(
  jobs: readonly JobStatus[],
  { json }: FleetCommandArgs,
  context: Context,
): Promise<number> {
  if (json) return await showJson(jobs, context);
  if (jobs.length === 0) return showNone(context);
  const headings = ["JOB", "WHAT", ">WAITING", ">RUNNING", ">DONE", ">FAILED", ">AT ONCE"];
  const rows = jobs.map(({ id, title, waiting, running, done, failed, limit, atOnce }) => [
    id,
    title,
    ...[waiting, running, done, failed].map(String),
    limit === atOnce ? String(limit) : `${limit} of ${atOnce}`,
  ]);
  return await showTable({ headings, rows }, context);
}

/**
 * Runs `flatfetch worker`.
 *
 * @module
 */

import { runExportWorker } from "../../fleet/export_job.ts";
import type { Job } from "../../fleet/protocol.ts";
import { GRACE_MS, type WorkEnd } from "../../fleet/worker.ts";
import { DEFAULT_BUCKET } from "../../settings.ts";
import { credentialsOf, findAccess } from "../access/bucket_access.ts";
import type { Context } from "../context.ts";
import { cacheDirectoryOf } from "../access/environment.ts";
import { openFleet } from "../access/fleet_access.ts";
import { requestHost } from "../access/permissions.ts";
import { renderNotice } from "../render/warning.ts";
import { printable, signed } from "../render/style.ts";
import { openTarget } from "../access/into_access.ts";
import { countText, rowsText } from "../render/wording.ts";
import type { WorkerArgs } from "./worker.ts";

/** As many as `--slots` takes. */
const MOST_SLOTS = 64;

/** Works until it is told to end; that is no failure. */
export async function runWorkerCommand(args: WorkerArgs, context: Context): Promise<number> {
  const { env, signal, terminal, style } = context;
  context.giveGrace(GRACE_MS);
  const access = await findAccess(args, env);
  const credentials = credentialsOf(access);
  requestHost(access.endpoint);
  const slots = args.slots ?? Math.min(MOST_SLOTS, 2 * navigator.hardwareConcurrency);
  const name = `${env.HOSTNAME || "worker"}-${Deno.pid}`;
  await using fleet = await openFleet(args.url, args, { ...context, name });
  const say = (text: string) => terminal.line(signed("🛰", text, style));
  say(`${name} works for ${printable(args.url)}, ${countText(slots, "file")} at once`);
  signal.addEventListener("abort", () => say(endingText(name)), { once: true });
  const counts = { done: 0, rows: 0, failed: 0, returned: 0 };
  await runExportWorker({
    fleet,
    slots,
    signal,
    credentials,
    endpoint: access.endpoint,
    bucket: args.bucket ?? DEFAULT_BUCKET,
    region: args.region ?? access.region,
    cacheDirectory: cacheDirectoryOf(args.cacheDir, env),
    maxMemoryBytes: args.maxMemoryBytes,
    maxBytesPerSecond: args.maxBytesPerSecond,
    openTarget: (into) => openTarget({ ...args, into }, context),
    onLeftAlone: (job) => terminal.line(renderNotice(leftAloneText(job), style)),
    onEnd: ({ key }, end) => {
      counts[end.kind]++;
      if (end.kind === "done") counts.rows += end.rows;
      else terminal.line(renderNotice(endText(key, end), style));
    },
  });
  const parts = [
    `${name} ends: ${countText(counts.done, "file")}`,
    rowsText(counts.rows),
    counts.failed > 0 && `${counts.failed} failed`,
  ];
  say(parts.filter((part) => part).join(", "));
  signal.throwIfAborted();
  return 0;
}

function endingText(name: string): string {
  const seconds = GRACE_MS / 1_000;
  return `${name} finishes what it can in ${seconds} s and gives the rest back; a second signal ends it at once`;
}

function leftAloneText({ title, wants }: Job): string {
  const wanted = Object.entries(wants).map(([name, value]) => `${name} ${value}`).join(", ");
  const job = `A job is left alone: ${title}, for a worker with ${wanted}`;
  return printable(`${job}; --endpoint and --bucket say which files one has`);
}

function endText(key: string, end: WorkEnd & { readonly reason: string }): string {
  const what = end.kind === "failed" ? "failed for good" : "is given back";
  return printable(`${key} ${what}: ${end.reason}`);
}

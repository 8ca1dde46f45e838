/**
 * Opens the place that an export goes to, to write there or to check it.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import { BucketTarget, parseBucketPlace } from "../../export/bucket_target.ts";
import { FolderTarget } from "../../export/folder_target.ts";
import type { ExportTarget } from "../../export/target.ts";
import { findAccess } from "./bucket_access.ts";
import { causeOf } from "../../load/verdict.ts";
import type { Context } from "../context.ts";
import { findIntoAccess } from "./into_access.ts";
import type { BucketArgs } from "../options/bucket.ts";
import type { IntoArgs } from "../options/into.ts";
import { requestFolder, requestHost, requestRead } from "./permissions.ts";
import { renderNotice } from "../render/warning.ts";
import { printable } from "../render/style.ts";

/**
 * @throws {UsageError} when none is given.
 * @throws {ConfigurationError} when its bucket has no keys of its own.
 */
export async function openTarget(
  args: IntoArgs & Pick<BucketArgs, "endpoint" | "profile">,
  { env, terminal, style, random, use = "write" }:
    & Pick<Context, "env" | "terminal" | "style" | "random">
    & {
      /** @default {"write"} */
      readonly use?: "write" | "read";
    },
): Promise<ExportTarget> {
  const { into } = args;
  if (into === undefined) throw new UsageError("Cannot export: no place is given, want --into");
  const place = parseBucketPlace(into);
  if (place === undefined) {
    if (use === "write") requestFolder(into);
    else requestRead(into);
    return new FolderTarget(into);
  }
  const { keys } = await findAccess(args, env);
  const access = await findIntoAccess(args, env, keys.kind === "found" ? keys : undefined);
  requestHost(access.endpoint);
  const showNotice = (message: string) => terminal.line(renderNotice(printable(message), style));
  const causes = new Set<string>();
  return new BucketTarget({
    ...access,
    ...place,
    name: into,
    random,
    keepsIndex: use === "write",
    onConditions: ({ ifNoneMatch, ifMatch }) => {
      if (ifNoneMatch && ifMatch) return;
      showNotice(
        `${into} does not keep to conditions of a write: let one run at a time write there`,
      );
    },
    onRetry: ({ attempt, error }) => {
      const cause = causeOf(error);
      // What the next attempt gets over is not worth a word.
      if (attempt === 1 || causes.has(cause)) return;
      causes.add(cause);
      showNotice(`Waiting for ${into}: ${cause}`);
    },
    onAway: (isAway) =>
      showNotice(
        isAway
          ? `No connection to ${into} succeeds any more; the run waits until it is back`
          : `${into} is back; the run goes on`,
      ),
  });
}

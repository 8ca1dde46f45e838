/**
 * Where a path leads that no shell has seen, or that a shell has left as it is: a leading `~`, a URL.
 *
 * @module
 */

import { ConfigurationError, quote, UsageError } from "../../errors.ts";
import type { Environment } from "../../s3/credentials.ts";
import { hiddenOf, notCapable } from "../access/permissions.ts";

/** Whose path it is. */
export interface PathOrigin {
  /** The option or the variable that has it, such as `--output`. */
  readonly name: string;
  /** Environment variables by name. */
  readonly env: Environment;
}

/**
 * The path, with the home directory for `~` where that is all of it or a slash follows. A name
 * that begins with a `~` is spelled `./~name`, one that looks like a URL `./s3://name`.
 *
 * @throws {UsageError} {@linkcode ConfigurationError}, of an option or a variable, for a URL, for
 * another user's home directory, or where nothing says which this user's is.
 */
export function homePath(path: string, { name, env }: PathOrigin): string {
  const PathError = name.startsWith("--") ? UsageError : ConfigurationError;
  const [scheme] = /^[a-z][a-z\d+.-]+:\/\/?/i.exec(path) ?? [];
  if (scheme !== undefined) {
    throw new PathError(
      `Cannot use a URL for ${name}: found ${scheme}, want a path on this machine`,
    );
  }
  if (!path.startsWith("~")) return path;
  const [, user, rest] = /^~([^/\\]*)(.*)$/s.exec(path)!;
  const home = env.HOME || env.USERPROFILE;
  if (user === "" && home) return home + rest;
  const why = user === ""
    ? "nothing says where your home directory is"
    : `only ~/ is known as a home directory; a name is spelled ${quote(`./${path}`)}`;
  const hidden = user === "" ? hiddenOf(["HOME"]) : [];
  if (hidden.length > 0) {
    throw new ConfigurationError(`Cannot use ${name} ${quote(path)}: Deno may not read ${hidden}`, {
      cause: notCapable({ env: hidden }),
    });
  }
  throw new PathError(`Cannot use ${name} ${quote(path)}: ${why}`);
}

/**
 * A folder as {@linkcode homePath} reads one, or `s3://BUCKET/PREFIX` as it is.
 *
 * @throws {UsageError} for what begins as another URL does, and as {@linkcode homePath} does.
 */
export function placePath(place: string, origin: PathOrigin): string {
  if (/^s3:\/\/[^/]/i.test(place)) return place;
  const [scheme] = /^[a-z][a-z\d+.-]+:/i.exec(place) ?? [];
  if (scheme === undefined) return homePath(place, origin);
  // Only of an s3:// URL is all told: another may hold a password.
  const found = /^s3:\/\//i.test(place) ? `${quote(place)}, which names no bucket,` : scheme;
  throw new UsageError(
    `Cannot use ${found} for ${origin.name}: want a folder or s3://BUCKET/PREFIX; a folder of ` +
      `such a name is spelled ./${scheme}`,
  );
}

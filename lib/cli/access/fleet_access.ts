/**
 * Opens the server of a fleet, with the keys that the user has given for it.
 *
 * @module
 */

import { ConfigurationError, quote } from "../../errors.ts";
import { parseFleetUrl } from "../../fleet/address.ts";
import { FleetConnection, type FleetKeys } from "../../fleet/connection.ts";
import { readTextFile, UnreadableTextError } from "../../text_file.ts";
import type { Context } from "../context.ts";
import { type Environment, variablePath } from "./environment.ts";
import type { FleetArgs } from "../options/places.ts";
import { requestHost, requestRead } from "./permissions.ts";

/**
 * @param name What this process is called in what the fleet says.
 * @throws {ConfigurationError} when the keys cannot be read, or the server refuses them.
 * @throws as `FleetConnection.open()` does.
 */
export async function openFleet(
  url: string,
  args: FleetArgs,
  { env, signal, name }: Pick<Context, "env" | "signal"> & { readonly name: string },
): Promise<FleetConnection> {
  const { host, port } = parseFleetUrl(url);
  const keys = await findKeys(args, env);
  requestHost(`http://${host}:${port}`);
  return await FleetConnection.open({ url, keys, name, signal });
}

async function findKeys(
  { natsCreds }: FleetArgs,
  env: Environment,
): Promise<FleetKeys | undefined> {
  const path = natsCreds ?? variablePath("NATS_CREDS", env);
  if (path !== undefined && path !== "") {
    return { kind: "creds", bytes: new TextEncoder().encode(await readCreds(path)) };
  }
  if (env.NATS_TOKEN) return { kind: "token", token: env.NATS_TOKEN };
  const { NATS_USER: user, NATS_PASSWORD: password } = env;
  if (user && password) return { kind: "user", user, password };
  if (!user && !password) return undefined;
  const [there, missing] = user ? ["NATS_USER", "NATS_PASSWORD"] : ["NATS_PASSWORD", "NATS_USER"];
  throw new ConfigurationError(`Cannot join the fleet: ${there} is set, and ${missing} is not`);
}

async function readCreds(path: string): Promise<string> {
  requestRead(path);
  try {
    return await readTextFile(path);
  } catch (error) {
    if (!(error instanceof UnreadableTextError)) throw error;
    throw new ConfigurationError(`Cannot read the credentials ${quote(path)}: ${error.message}`);
  }
}

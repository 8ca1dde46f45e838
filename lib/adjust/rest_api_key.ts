/**
 * Finds the key for the vendor's REST API in the environment.
 *
 * No message repeats a value.
 *
 * @module
 */

import { ConfigurationError, quote } from "../errors.ts";
import type { ApiKey } from "../settings.ts";

/** Every environment variable that may hold the key, the one that counts first. */
export const API_KEY_NAMES: readonly string[] = ["MASSIVE_API_KEY", "POLYGON_API_KEY"];

/**
 * Looks for the key: `MASSIVE_API_KEY`, else the vendor's older `POLYGON_API_KEY`.
 *
 * @throws {ConfigurationError} when none is set, or the value can be no key.
 */
export function findApiKey(env: Readonly<Record<string, string | undefined>>): ApiKey {
  for (const source of API_KEY_NAMES) {
    const value = env[source]?.trim();
    if (value) return checkApiKey({ value, source });
  }
  throw new ConfigurationError(
    `Cannot ask the REST API: no key was found. Looked for: ${API_KEY_NAMES.join(", ")}`,
  );
}

/**
 * The key, if it can stand in a header: printable ASCII without white space.
 *
 * @throws {ConfigurationError} that names where it is from and not its value.
 */
export function checkApiKey({ value, source }: ApiKey): ApiKey {
  if (/^[\x21-\x7e]{1,500}$/.test(value)) return { value, source };
  throw new ConfigurationError(
    `Cannot use ${quote(source)}: it is empty or has a character that no key has`,
  );
}

/**
 * Says what can be done about a connection that is not secure, or not to whom it should be.
 *
 * @module
 */

import type { TlsDefect, TlsError } from "../../errors.ts";
import type { Environment } from "../../s3/credentials.ts";

const OWN_AUTHORITY = "An authority of your own is named with DENO_CERT=FILE, or --cert FILE " +
  'behind "deno run"; DENO_TLS_CA_STORE=system takes those of this machine.';

const HINTS_FOR_TLS: Readonly<Record<TlsDefect, string>> = {
  untrusted: "",
  outdated: "Check this machine's clock, and the server's certificate. ",
  "other-host": "Check --endpoint: the names in the certificate are others. ",
  "no-tls": "Check --endpoint: no secure server is at that port. Plain http:// is for this " +
    "machine itself alone. ",
  "no-http": "Check --endpoint: it may have to begin with https://. ",
  refused: "Check --endpoint, and what stands in between: ask who runs it. ",
};

/** Names of authorities' files, for other programs. */
const UNHEARD = ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

/** Of those, what Deno hears once it takes the authorities of the machine. */
const HEARD_WITH_SYSTEM = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/** What to look at, and which variables Deno does not hear. */
export function hintForTls({ defect, message }: TlsError, env: Environment): string {
  const ofSystem = env.DENO_TLS_CA_STORE?.includes("system") ? [] : HEARD_WITH_SYSTEM;
  const set = [...UNHEARD, ...ofSystem].filter((name) => env[name]);
  const verb = set.length === 1 ? "is" : "are";
  const unheard = set.length > 0 ? ` ${set.join(", ")} ${verb} set, and not heard by Deno.` : "";
  const hint = HINTS_FOR_TLS[defect] + OWN_AUTHORITY + unheard;
  if (!message.startsWith("Cannot join the fleet")) return hint;
  return hint.replace("--endpoint", "the URL of the fleet").replace("http://", "nats://");
}

/**
 * Says what can be done about what is outside the program: a disk, or whatever is written to; a server,
 * or a proxy: what it answers, and a connection that is not secure, or not to whom it should be.
 *
 * @module
 */

import type {
  ForeignDirectoryError,
  RestError,
  S3Error,
  StorageError,
  TlsDefect,
  TlsError,
} from "../../errors.ts";
import { isElsewhere } from "../../http/status.ts";
import type { RefusalReason } from "../../s3/refusal_reason.ts";
import { type Environment, PROXY_NAMES } from "../access/environment.ts";
import { typedText } from "../render/style.ts";
import type { StdoutError } from "../terminal/output_stream.ts";

/** What to do about a directory that is another's. */
export function ownFolderHint({ path }: ForeignDirectoryError): string {
  const folder = `${path === "/" ? "" : path}/flatfetch`;
  return `Give --cache-dir ${typedText(folder)}, or another folder of its own.`;
}

/** What to do where standard output cannot be written to. */
export function hintForStdout({ code }: StdoutError): string {
  return isFull(code)
    ? "Free some space where standard output goes, or send it elsewhere."
    : "Send standard output elsewhere.";
}

/** Whether a disk has no more room, for anybody or for this user. */
function isFull(code: string | undefined): boolean {
  return code === "ENOSPC" || code === "EDQUOT";
}

/** What to do about a path that the option names. */
export function hintForDisk({ code, message }: StorageError, option = "--cache-dir"): string {
  if (isFull(code)) {
    return "Free some space and run the same command again; what is finished is kept.";
  }
  if (code === "ENOTDIR") {
    return `A file stands where a folder is wanted: choose another with ${option}.`;
  }
  if (option === "--into" && message.startsWith("Cannot read ")) {
    const remove = code === "EACCES" || code === "EPERM" ? "" : " remove it,";
    return `Make it readable for you,${remove} or choose another place with --into.`;
  }
  if (code === "EACCES" || code === "EROFS") {
    return `Choose a directory that you may write to, with ${option}.`;
  }
  if (code === "EMFILE" || code === "ENFILE") {
    return "Raise the limit of open files with ulimit -n; of many symbols, ask for fewer at once.";
  }
  return `Look at the path, or choose another directory with ${option}.`;
}

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

/** All but those of a server that may do better later, whatever the status of its answer was. */
export type LastingReason = Exclude<RefusalReason, "busy" | "server">;

const HINTS_FOR_REFUSAL: Readonly<Record<LastingReason, string>> = {
  key: "Check the S3 key pair of your flat files; it is another one than the REST API's key.",
  secret: "Check the secret key: it does not fit the access key ID.",
  token: "Get a new session token; a key pair that does not expire has none.",
  region: "Check --region, and that the S3 key pair is whole.",
  clock: "Set this machine's clock.",
  bucket: "Check --bucket and --endpoint.",
  account: "See your account: it is closed, suspended or not signed up.",
  access: "Check --bucket, --endpoint and your plan: this S3 key pair may not read there.",
  full: "Free some space there, or choose another place.",
  detour: "Check --endpoint, and whether this network asks you to sign in.",
  object: "See how this object is kept: it is archived, or under a key that is not to be had.",
};

/** What to do about a refusal, the reason of which is known or not. */
export function hintForAnswer(
  { region, status }: S3Error,
  reason: LastingReason | undefined,
): string {
  if (reason === "region" && region !== undefined) {
    const place = isElsewhere(status) ? ", and with the --endpoint of that region" : "";
    return `Run with --region ${region}${place}.`;
  }
  if (reason !== undefined) return HINTS_FOR_REFUSAL[reason];
  if (isElsewhere(status)) return HINTS_FOR_REFUSAL.detour;
  return "Check --endpoint and --bucket: the server there does not understand the request.";
}

/** The same for a refusal of the REST API, where it is not of the key. */
export function hintForRestAnswer(
  { status }: RestError,
  reason: LastingReason | undefined,
): string {
  if (reason === "full") return "Ask who runs that server: it has no space left.";
  const isDetour = reason === "detour" || isElsewhere(status);
  return isDetour
    ? "Check MASSIVE_API_ENDPOINT, and whether this network asks you to sign in."
    : "Check MASSIVE_API_ENDPOINT: the server there does not understand the request.";
}

/** Of the proxy's URL, which may hold a password, the host alone is told. */
export function hintForProxy(env: Environment): string {
  const name = PROXY_NAMES.find((name) => env[name]) ?? "HTTPS_PROXY";
  const url = env[name] ?? "";
  const text = url.includes("://") ? url : `http://${url}`;
  const host = URL.canParse(text) ? new URL(text).host : "";
  return `Set ${name} to http://NAME:PASSWORD@${host || "HOST:PORT"}.`;
}

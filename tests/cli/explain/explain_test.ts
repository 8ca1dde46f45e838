import { assert, assertEquals, assertMatch } from "@std/assert";
import { EXIT } from "../../../lib/cli/explain/exits.ts";
import { explain, PlaceError } from "../../../lib/cli/explain/explain.ts";
import { StdoutError } from "../../../lib/cli/terminal/output_stream.ts";
import * as flatfetch from "../../../lib/errors.ts";
import {
  ConfigurationError,
  DeclinedError,
  EntitlementError,
  IntegrityError,
  LockedError,
  NetworkError,
  NotCachedError,
  OfflineError,
  S3Error,
  StorageError,
  TemporaryError,
  UsageError,
} from "../../../mod.ts";
import {
  ForeignDirectoryError,
  JournalError,
  ObjectChangedError,
  RestError,
  TlsError,
} from "../../../lib/errors.ts";

const [key, path] = ["k", "/cache"];
const answer = (status: number, code = `HTTP ${status}`) => new S3Error("m", { code, status });
const regional = (status: number, code: string) =>
  new S3Error("m", { code, status, region: "eu-west-3" });
const disk = (code?: string) => new StorageError("m", { path, code });

/** One of each class that the library exports; a new class needs a line here. */
const ERRORS: readonly (readonly [Error, exitCode: number])[] = [
  [new UsageError("m"), EXIT.usage],
  [new DeclinedError("m", { files: 2, bytes: 3 }), EXIT.usage],
  [new ConfigurationError("m"), EXIT.configuration],
  [new EntitlementError("m"), EXIT.configuration],
  [answer(403, "AccessDenied"), EXIT.configuration],
  [new RestError("m", { status: 404 }), EXIT.configuration],
  [new TemporaryError("m"), EXIT.temporary],
  [new OfflineError("m"), EXIT.temporary],
  [new NetworkError("m", { phase: "body", timedOut: true }), EXIT.temporary],
  [new TlsError("m", { defect: "untrusted" }), EXIT.configuration],
  [new ObjectChangedError("m", { key }), EXIT.temporary],
  [new IntegrityError("m", { key, check: "listing" }), EXIT.temporary],
  [disk("ENOSPC"), EXIT.disk],
  [new ForeignDirectoryError("/cache"), EXIT.disk],
  [new JournalError("m", { path }), EXIT.disk],
  [new NotCachedError("m", { symbol: "TSLA", dataset: "d" }), EXIT.noData],
  [new LockedError("m", { path, holder: "pid 7" }), EXIT.locked],
];

Deno.test("explain() knows every error class that the library exports", () => {
  const isErrorClass = (value: unknown) =>
    typeof value === "function" && value.prototype instanceof Error &&
    value !== flatfetch.FactualError;
  const exported = Object.entries(flatfetch).filter(([, value]) => isErrorClass(value));
  const known = ERRORS.map(([error]) => error.constructor.name);
  assertEquals(ERRORS.map(([error]) => error.name), known);
  assertEquals(exported.map(([name]) => name).sort(), known.sort());
});

Deno.test("explain() sends nobody to the help for what a file holds, or twice", () => {
  const hintOf = (message: string) => explain(new UsageError(message)).hint;
  assertMatch(hintOf('Cannot read period "5x": want one such as 5d')!, /--help/);
  for (
    const message of [
      'Unknown option "--foo": see --help',
      'Unknown option "--perod": did you mean --period?',
      'Cannot read splits from "s.csv", line 1: found no split',
      'Cannot read symbols from "list.txt": no such file',
      '"list.txt", line 1: Cannot read symbol "AA$": did you mean AA?',
      'Cannot read a lake in "lake": No such file or directory',
    ]
  ) assertEquals(hintOf(message), undefined);
  assertMatch(hintOf("Cannot find the shard: none of A, B is set")!, /^Give --shard I\/N/);
  assertMatch(hintOf("Cannot check: no symbol is given, such as TSLA")!, /--into PLACE/);
});

Deno.test("explain() says what to do about half a key pair, and about what is not kept offline", () => {
  const hintOf = (message: string) => explain(new ConfigurationError(message)).hint;
  assertMatch(hintOf("Cannot use half a key pair: A is set, and B is not")!, /^Give both/);
  for (const what of ["splits of TSLA", "earlier tickers of META"]) {
    const message = `Cannot use the ${what} offline: none are kept`;
    assertMatch(hintOf(message)!, /without --offline.* FILE\.$/);
  }
  assertEquals(hintOf("Cannot use the endpoint"), undefined);
});

Deno.test("explain() names the flags that a permission needs", () => {
  const lacking = (message: string) =>
    explain(new StorageError("m", { path, cause: new Deno.errors.NotCapable(message) })).hint;
  assertEquals(
    lacking('Requires net access to "files.massive.com:443", run again with the --allow-net flag'),
    'Put --allow-net=files.massive.com:443 behind "deno run", or -A for all permissions.',
  );
  assertEquals(
    lacking('Requires env access and read access to "/a b", run again with the … flags'),
    `Put --allow-env and '--allow-read=/a b' behind "deno run", or -A for all permissions.`,
  );
});

Deno.test("explain() names a folder for the cache in a directory that has other files", () => {
  const hintOf = (path: string) => explain(new ForeignDirectoryError(path)).hint;
  assertMatch(hintOf("/home/me")!, /--cache-dir \/home\/me\/flatfetch,/);
  assertMatch(hintOf("/it's $HOME")!, /--cache-dir '\/it'\\''s \$HOME\/flatfetch',/);
  assertMatch(hintOf("/")!, /--cache-dir \/flatfetch,/);
});

Deno.test("explain() tells what to do about standard output that takes nothing", () => {
  for (
    const [code, hint] of [["ENOSPC", /^Free some space where/], ["EIO", /^Send .* elsewhere/]]
  ) {
    const explained = explain(new StdoutError(Object.assign(new Error("m"), { code })));
    assertEquals(explained.exitCode, EXIT.disk);
    assertMatch(explained.hint!, hint as RegExp);
  }
});

Deno.test("explain() has an exit code and the message of each error class", () => {
  for (const [error, exitCode] of ERRORS) {
    const explanation = explain(error);
    assertEquals(
      [explanation.exitCode, explanation.message],
      [exitCode, error.message],
      error.name,
    );
    assert(explanation.exitCode !== EXIT.unexpected, error.name);
  }
});

Deno.test("explain() takes everything else for a defect", () => {
  for (const thrown of [new TypeError("m"), new RangeError("m"), new Error("m"), "m"]) {
    const { exitCode, message, hint } = explain(thrown);
    assertEquals([exitCode, message], [EXIT.unexpected, "m"]);
    assert(hint?.includes("--debug"), hint);
  }
  assertEquals(explain(undefined).message, "undefined");
});

Deno.test("explain() takes an answer of the REST API that may pass for temporary", () => {
  const exits = [400, 404, 302, 408, 429, 500, 503].map((status) =>
    explain(new RestError("m", { status })).exitCode
  );
  const [lasting, passing] = [EXIT.configuration, EXIT.temporary];
  assertEquals(exits, [lasting, lasting, lasting, passing, passing, passing, passing]);
});

Deno.test("explain() says of a refusal of the bucket of --into which options lead there", () => {
  for (const status of [302, 400, 501]) {
    const message = `Cannot list "lake/": the server answers HTTP ${status} (s3://bucket/lake)`;
    const { hint, exitCode } = explain(new S3Error(message, { code: `HTTP ${status}`, status }));
    assertMatch(hint!, /^Check --into, --into-endpoint /);
    assertEquals(exitCode, EXIT.configuration);
  }
});

Deno.test("explain() says what to do about each answer of the server", () => {
  const rows: [S3Error, number, hint: RegExp][] = [
    [answer(403, "AccessDenied"), EXIT.configuration, /--bucket, .* your plan/],
    [answer(403, "InvalidAccessKeyId"), EXIT.configuration, /S3 key pair/],
    [answer(403, "SignatureDoesNotMatch"), EXIT.configuration, /secret key/],
    [answer(400, "ExpiredToken"), EXIT.configuration, /session token/],
    [answer(403, "RequestTimeTooSkewed"), EXIT.configuration, /clock/],
    [answer(404, "NoSuchBucket"), EXIT.configuration, /--bucket/],
    [answer(403, "NotSignedUp"), EXIT.configuration, /your account/],
    [answer(400, "KMS.DisabledException"), EXIT.configuration, /how this object is kept/],
    [answer(400, "AuthorizationHeaderMalformed"), EXIT.configuration, /--region/],
    [regional(400, "AuthorizationHeaderMalformed"), EXIT.configuration, /--region eu-west-3\.$/],
    [regional(301, "PermanentRedirect"), EXIT.configuration, /--region eu-west-3, .*--endpoint/],
    [answer(401), EXIT.configuration, /S3 key pair/],
    [answer(404), EXIT.configuration, /--endpoint/],
    [answer(302), EXIT.configuration, /--endpoint, .*sign in/],
    [answer(400, "InvalidArgument"), EXIT.configuration, /--endpoint/],
    [answer(400, "InvalidRequest"), EXIT.configuration, /--endpoint/],
    [answer(400, "Throttling"), EXIT.temporary, /again later/],
    [answer(500, "InternalError"), EXIT.temporary, /again later/],
    [answer(502), EXIT.temporary, /again later/],
    [answer(503, "SlowDown"), EXIT.temporary, /again later/],
    [answer(429), EXIT.temporary, /again later/],
    [answer(408), EXIT.temporary, /again later/],
    [answer(400, "RequestTimeout"), EXIT.temporary, /again later/],
    [answer(200, "InternalError"), EXIT.temporary, /again later/],
    [answer(200, "SlowDown"), EXIT.temporary, /again later/],
  ];
  for (const [error, exitCode, pattern] of rows) {
    const { hint, ...found } = explain(error);
    assertEquals(found, { exitCode, message: "m" }, error.code);
    assert(pattern.test(hint!), `${error.code}: ${hint}`);
  }
});

Deno.test("explain() finds nothing in a server's code that means something to JavaScript", () => {
  const unknown = explain(answer(400, "Unheard"));
  for (const code of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
    assertEquals(explain(answer(400, code)), unknown);
  }
});

Deno.test("explain() says what to do about each trouble with the disk", () => {
  const rows: [string | undefined, RegExp][] = [
    ["ENOSPC", /Free some space/],
    ["EDQUOT", /Free some space/],
    ["EACCES", /may write to/],
    ["EROFS", /may write to/],
    ["ENOTDIR", /A file stands where a folder is wanted/],
    [undefined, /Look at the path/],
  ];
  for (const [code, pattern] of rows) {
    const { hint, exitCode } = explain(disk(code));
    assertEquals([exitCode, pattern.test(hint!)], [EXIT.disk, true], hint);
  }
});

Deno.test("explain() takes a missing permission for configuration, wherever it was met", () => {
  const cause = new Deno.errors.NotCapable("Requires net access, run again with --allow-net");
  const errors = [cause, new StorageError(cause.message, { path, code: "EACCES", cause })];
  for (const error of [...errors, new PlaceError(errors[1] as StorageError)]) {
    const { exitCode, message, hint } = explain(error);
    assertEquals([exitCode, message], [EXIT.configuration, cause.message]);
    assert(/deno run/.test(hint!), hint);
  }
});

Deno.test("explain() speaks of -o, not of the cache, when the output cannot be written", () => {
  const { exitCode, hint } = explain(new PlaceError(disk("EACCES")));
  assertEquals([exitCode, /-o/.test(hint!), /cache-dir/.test(hint!)], [EXIT.disk, true, false]);
});

Deno.test("explain() tells the error that came first, not those of closing", () => {
  const first = new UsageError("first");
  const error = new SuppressedError(disk(), new SuppressedError(new Error("second"), first));
  assertEquals([explain(error).message, explain(error).exitCode], ["first", EXIT.usage]);
});

Deno.test("EXIT has the codes that are promised", () => {
  assertEquals(Object.values(EXIT) as number[], [0, 1, 2, 3, 4, 5, 6, 7, 75, 130, 143]);
});

Deno.test("explain() names the authorities' variables that are set and not heard", () => {
  const error = new TlsError("m", { defect: "untrusted" });
  const end = (env: Record<string, string>) => explain(error, env).hint!.split("this machine.")[1];
  assertEquals(end({}), "");
  assertEquals(end({ AWS_CA_BUNDLE: "f" }), " AWS_CA_BUNDLE is set, and not heard by Deno.");
  const both = { REQUESTS_CA_BUNDLE: "f", SSL_CERT_FILE: "f", DENO_TLS_CA_STORE: "" };
  assertEquals(end(both), " REQUESTS_CA_BUNDLE, SSL_CERT_FILE are set, and not heard by Deno.");
  assertEquals(end({ SSL_CERT_FILE: "f", DENO_TLS_CA_STORE: "mozilla,system" }), "");
});

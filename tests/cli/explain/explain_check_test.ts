import { assert, assertEquals } from "@std/assert";
import { EXIT } from "../../../lib/cli/explain/exits.ts";
import { explain } from "../../../lib/cli/explain/explain.ts";
import { exitCodeFor, fixFor } from "../../../lib/cli/explain/explain_check.ts";
import {
  ConfigurationError,
  EntitlementError,
  IntegrityError,
  NetworkError,
  S3Error,
  type SetupCheck,
  StorageError,
  TemporaryError,
} from "../../../mod.ts";

const [key, path] = ["k", "/cache"];
const answer = (status: number, code = `HTTP ${status}`) => new S3Error("m", { code, status });
const regional = (status: number, code: string) =>
  new S3Error("m", { code, status, region: "eu-west-3" });
const disk = (code?: string) => new StorageError("m", { path, code });

const failed = (name: SetupCheck["name"], error: Error): SetupCheck => (
  { name, status: "failure", text: error.message, error }
);

/** What is wrong, what can be done, and how the program ends. */
const FAILURES: readonly (readonly [SetupCheck, RegExp | undefined, number])[] = [
  [failed("cache-directory", disk("EROFS")), /--cache-dir/, EXIT.disk],
  [failed("disk-space", disk("ENOSPC")), /^Free some space/, EXIT.disk],
  [failed("credentials", new ConfigurationError("m")), /^Set one of these/, EXIT.configuration],
  [
    failed("endpoint", new NetworkError("m", { phase: "headers", timedOut: false })),
    /connection, its firewall/,
    EXIT.temporary,
  ],
  [failed("endpoint", new TemporaryError("m")), /connection, its firewall/, EXIT.temporary],
  [failed("endpoint", new ConfigurationError("m")), undefined, EXIT.configuration],
  [failed("listing", answer(403, "InvalidAccessKeyId")), /S3 key pair/, EXIT.configuration],
  [failed("listing", regional(400, "X")), /--endpoint/, EXIT.configuration],
  [failed("listing", regional(301, "HTTP 301")), /--region eu-west-3/, EXIT.configuration],
  [failed("listing", answer(404, "XAdminUserNotFound")), /S3 key pair/, EXIT.configuration],
  [failed("listing", new TemporaryError("m")), /^Run again later\.$/, EXIT.temporary],
  [failed("download", new EntitlementError("m")), /see your plan/, EXIT.configuration],
  [
    failed("download", new IntegrityError("m", { key, check: "md5" })),
    /again later/,
    EXIT.temporary,
  ],
  [
    { ...failed("clock", new ConfigurationError("m")), reason: "clock-off" },
    /^Set this machine's clock\.$/,
    EXIT.configuration,
  ],
  [failed("endpoint", new Deno.errors.NotCapable("net")), /-A for all/, EXIT.configuration],
];

Deno.test("fixFor() and exitCodeFor() know what each failure of an examination is", () => {
  for (const [examination, fix, exitCode] of FAILURES) {
    const found = fixFor(examination);
    assert(fix === undefined ? found === undefined : fix.test(found ?? ""), `${found}`);
    assertEquals(exitCodeFor([examination]), exitCode);
  }
});

Deno.test("exitCodeFor() is that of the first failure, and 0 when there are but warnings", () => {
  const warned: SetupCheck = { name: "clock", status: "warning", text: "t", reason: "clock-off" };
  const [directory, , keys] = FAILURES.map(([examination]) => examination);
  assertEquals(exitCodeFor([warned, keys!, directory!]), EXIT.configuration);
  assertEquals(exitCodeFor([directory!, keys!]), EXIT.disk);
  assertEquals([exitCodeFor([warned]), exitCodeFor([])], [0, 0]);
});

Deno.test("fixFor() has nothing for what is well or could not be tried", () => {
  assertEquals(fixFor({ name: "version", status: "ok", text: "t" }), undefined);
  const untried = { name: "plan", status: "warning", text: "t", reason: "not-tried" } as const;
  assertEquals(fixFor(untried), undefined);
});

Deno.test("fixFor() names the proxy that wants a password as a run does", () => {
  const error = new ConfigurationError("m: the proxy wants a user name and a password");
  const env = { ALL_PROXY: "http://proxy.example:3128" };
  const fix = "Set ALL_PROXY to http://NAME:PASSWORD@proxy.example:3128.";
  assertEquals(fixFor({ name: "endpoint", status: "failure", text: "m", error }, env), fix);
  assertEquals(explain(error, env).hint, fix);
});

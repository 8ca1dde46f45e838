import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  cacheDirectoryOf,
  type Environment,
  readEnvironment,
  VARIABLES,
} from "../../../lib/cli/access/environment.ts";
import { adjustOptions, findAccess } from "../../../lib/cli/access/bucket_access.ts";
import { ConfigurationError } from "../../../mod.ts";

type Os = typeof Deno.build.os;

const LINUX = { HOME: "/home/me" };
const WINDOWS = { LOCALAPPDATA: "C:\\Users\\me\\AppData\\Local", HOME: "C:\\Users\\me" };

Deno.test("cacheDirectoryOf() is the place that each system has for caches", () => {
  const rows: [Os, Environment, string][] = [
    ["linux", LINUX, "/home/me/.cache/flatfetch"],
    ["linux", { ...LINUX, XDG_CACHE_HOME: "/x" }, "/x/flatfetch"],
    ["linux", { XDG_CACHE_HOME: "/x" }, "/x/flatfetch"],
    ["freebsd", LINUX, "/home/me/.cache/flatfetch"],
    ["darwin", { HOME: "/Users/me" }, "/Users/me/Library/Caches/flatfetch"],
    ["darwin", { HOME: "/Users/me", XDG_CACHE_HOME: "/x" }, "/x/flatfetch"],
    ["windows", WINDOWS, "C:\\Users\\me\\AppData\\Local/flatfetch"],
    ["windows", { ...WINDOWS, XDG_CACHE_HOME: "/x" }, "C:\\Users\\me\\AppData\\Local/flatfetch"],
  ];
  for (const [os, env, path] of rows) assertEquals(cacheDirectoryOf(undefined, env, os), path, os);
});

Deno.test("cacheDirectoryOf() ignores an XDG_CACHE_HOME that is empty or relative", () => {
  for (const XDG_CACHE_HOME of ["", "cache", "./cache"]) {
    const env = { ...LINUX, XDG_CACHE_HOME };
    assertEquals(cacheDirectoryOf(undefined, env, "linux"), "/home/me/.cache/flatfetch");
  }
});

Deno.test("cacheDirectoryOf() prefers --cache-dir, then FLATFETCH_CACHE_DIR", () => {
  const env = { ...LINUX, ...WINDOWS, XDG_CACHE_HOME: "/x", FLATFETCH_CACHE_DIR: "/mine" };
  for (const os of ["linux", "darwin", "windows"] as const) {
    assertEquals(cacheDirectoryOf("given", env, os), "given");
    assertEquals(cacheDirectoryOf(undefined, env, os), "/mine");
    assertEquals(cacheDirectoryOf("given", {}, os), "given");
  }
  const empty = { ...LINUX, FLATFETCH_CACHE_DIR: "" };
  assertEquals(cacheDirectoryOf(undefined, empty, "linux"), "/home/me/.cache/flatfetch");
});

Deno.test("cacheDirectoryOf() refuses a URL in a variable", () => {
  assertThrows(
    () => cacheDirectoryOf(undefined, { FLATFETCH_CACHE_DIR: "s3://b/c" }, "linux"),
    ConfigurationError,
    "Cannot use a URL for FLATFETCH_CACHE_DIR: found s3://, want a path on this machine",
  );
});

Deno.test("cacheDirectoryOf() takes ~/ in a variable for the home directory", () => {
  const inHome = (env: Environment) =>
    cacheDirectoryOf(undefined, { HOME: "/me", ...env }, "linux");
  assertEquals(inHome({ FLATFETCH_CACHE_DIR: "~/c" }), "/me/c");
  assertEquals(inHome({ FLATFETCH_CACHE_DIR: "~" }), "/me");
  assertEquals(inHome({ FLATFETCH_CACHE_DIR: "./~/c" }), "./~/c");
  assertEquals(inHome({ XDG_CACHE_HOME: "~/c" }), "/me/c/flatfetch");
  for (const name of ["FLATFETCH_CACHE_DIR", "XDG_CACHE_HOME"]) {
    const run = () => inHome({ [name]: "~bob/c" });
    assertThrows(run, ConfigurationError, `Cannot use ${name} "~bob/c": only ~/ is known`);
  }
});

Deno.test("cacheDirectoryOf() says that nothing names a place", () => {
  const rows: [Os, Environment][] = [
    ["linux", {}],
    ["linux", { HOME: "" }],
    ["darwin", { XDG_CACHE_HOME: "relative" }],
    ["windows", { HOME: "C:\\Users\\me" }],
    ["windows", { LOCALAPPDATA: "" }],
  ];
  for (const [os, env] of rows) {
    const run = () => cacheDirectoryOf(undefined, env, os);
    assertThrows(run, ConfigurationError, "Cannot find a place for the cache: neither --cache-dir");
  }
});

/** A home directory with a profile `massive`. */
async function homeOf(config: string) {
  const home = await Deno.makeTempDir();
  await Deno.mkdir(`${home}/.aws`);
  const keys = "aws_access_key_id = PROFILEID\naws_secret_access_key = PROFILESECRET\n";
  await Deno.writeTextFile(`${home}/.aws/credentials`, `[massive]\n${keys}`);
  await Deno.writeTextFile(`${home}/.aws/config`, config);
  return { HOME: home, [Symbol.asyncDispose]: () => Deno.remove(home, { recursive: true }) };
}

const NOTHING = { endpoint: undefined, profile: undefined };
const KEYS = { MASSIVE_S3_ACCESS_KEY_ID: "ID", MASSIVE_S3_SECRET_ACCESS_KEY: "SECRET" };

Deno.test("findAccess() takes the endpoint from the first place that names one", async () => {
  const config = "[profile massive]\nendpoint_url = https://profile.test\nregion = eu-west-1\n";
  await using home = await homeOf(config);
  const places = {
    FLATFETCH_ENDPOINT: "https://flatfetch.test",
    AWS_ENDPOINT_URL_S3: "https://s3.test",
    AWS_ENDPOINT_URL: "https://aws.test",
  };
  const endpointOf = async (env: Environment, endpoint?: string) =>
    (await findAccess({ ...NOTHING, endpoint }, { HOME: home.HOME, ...env })).endpoint;
  assertEquals(await endpointOf(places, "https://given.test"), "https://given.test");
  assertEquals(await endpointOf(places), "https://flatfetch.test");
  assertEquals(await endpointOf({ ...places, FLATFETCH_ENDPOINT: "" }), "https://s3.test");
  assertEquals(await endpointOf({ AWS_ENDPOINT_URL: "https://aws.test" }), "https://aws.test");
  assertEquals(await endpointOf({}), "https://profile.test");
  assertEquals(await endpointOf({ HOME: "/nowhere" }), "https://files.massive.com");
});

Deno.test("findAccess() passes over AWS's endpoints where its switch says so, a variable first", async () => {
  const ignored = "[profile massive]\nendpoint_url = https://profile.test\n" +
    "ignore_configured_endpoint_urls = TRUE\n";
  await using home = await homeOf(ignored);
  const aws = { HOME: home.HOME, AWS_ENDPOINT_URL_S3: "https://s3.test" };
  const own = "https://files.massive.com";
  const endpointOf = async (env: Environment, endpoint?: string) =>
    (await findAccess({ ...NOTHING, endpoint }, env)).endpoint;
  assertEquals(await endpointOf(aws), own);
  assertEquals(await endpointOf({ ...aws, ...KEYS }), "https://s3.test");
  const name = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
  assertEquals(await endpointOf({ ...aws, [name]: "false" }), "https://s3.test");
  assertEquals(await endpointOf({ HOME: home.HOME, [name]: "false" }), "https://profile.test");
  assertEquals(await endpointOf({ ...aws, ...KEYS, [name]: "True" }), own);
  const flatfetch = { ...aws, FLATFETCH_ENDPOINT: "https://flatfetch.test", [name]: "true" };
  assertEquals(await endpointOf(flatfetch), "https://flatfetch.test");
  assertEquals(await endpointOf(flatfetch, "https://given.test"), "https://given.test");
});

Deno.test("findAccess() reads a file however an editor has saved it, or says why not", async () => {
  const config = "\ufeff[profile massive]\r\nregion = eu # Börse\r\n";
  await using home = await homeOf(config);
  const regionOf = async () => (await findAccess(NOTHING, { HOME: home.HOME })).region;
  assertEquals(await regionOf(), "eu");
  const path = `${home.HOME}/.aws/config`;
  await Deno.writeFile(
    path,
    new Uint8Array(Uint16Array.from(config, (c) => c.charCodeAt(0)).buffer),
  );
  assertEquals(await regionOf(), "eu");
  await Deno.writeFile(path, Uint8Array.from(config.slice(1), (c) => c.charCodeAt(0)));
  const why = `Cannot read ${JSON.stringify(path)}: line 2 is no UTF-8`;
  await assertRejects(regionOf, ConfigurationError, why);
  await Deno.remove(path);
  await Deno.mkdir(path);
  await assertRejects(regionOf, ConfigurationError, "it is a directory");
});

Deno.test("findAccess() takes keys and region of a profile together", async () => {
  await using home = await homeOf("[profile massive]\nregion = eu-west-1\n");
  const { keys, region } = await findAccess(NOTHING, { HOME: home.HOME });
  assertEquals(region, "eu-west-1");
  assertEquals(keys.kind === "found" && keys.source, "profile massive in ~/.aws/credentials");
  assertEquals(keys.kind === "found" && keys.credentials.accessKeyId, "PROFILEID");
});

Deno.test("findAccess() takes ~/ for the home directory where a variable names a file", async () => {
  await using home = await homeOf("[profile massive]\nregion = eu-west-1\n");
  await Deno.rename(`${home.HOME}/.aws`, `${home.HOME}/keys`);
  const env = {
    HOME: home.HOME,
    AWS_SHARED_CREDENTIALS_FILE: "~/keys/credentials",
    AWS_CONFIG_FILE: "~/keys/config",
  };
  const { keys, region } = await findAccess(NOTHING, env);
  assertEquals([keys.kind, region], ["found", "eu-west-1"]);
  const run = () => findAccess(NOTHING, { ...env, AWS_CONFIG_FILE: "~bob/config" });
  await assertRejects(run, ConfigurationError, 'Cannot use AWS_CONFIG_FILE "~bob/config"');
});

Deno.test("findAccess() takes no endpoint of a profile whose keys it does not use", async () => {
  await using home = await homeOf("[profile massive]\nendpoint_url = https://profile.test\n");
  const access = await findAccess(NOTHING, { HOME: home.HOME, ...KEYS });
  assertEquals([access.endpoint, access.region], ["https://files.massive.com", undefined]);
  assertEquals(access.keys.kind === "found" && access.keys.source, "MASSIVE_S3_ACCESS_KEY_ID");
});

Deno.test("findAccess() tells where it has looked when there are no keys", async () => {
  const { keys, endpoint } = await findAccess(NOTHING, { HOME: "/nowhere" });
  assertEquals(endpoint, "https://files.massive.com");
  assertEquals(keys.kind, "missing");
});

Deno.test("findAccess() refuses a profile that has no keys", async () => {
  const given = { ...NOTHING, profile: "nobody" };
  const run = () => findAccess(given, { HOME: "/nowhere", ...KEYS });
  await assertRejects(run, ConfigurationError, 'the profile "nobody"');
});

Deno.test("readEnvironment() reads the variables that the program knows, and no other", async () => {
  const module = new URL("../../../lib/cli/access/environment.ts", import.meta.url);
  const code = `console.log(JSON.stringify((await import("${module}")).readEnvironment()))`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", code],
    env: { FLATFETCH_CACHE_DIR: "value", FLATFETCH_UNKNOWN: "value" },
  }).output();
  const read = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals([read.FLATFETCH_CACHE_DIR, "FLATFETCH_UNKNOWN" in read], ["value", false]);
  assertEquals(Object.keys(readEnvironment()), [...VARIABLES]);
});

Deno.test("readEnvironment() takes what it may not read for not set", {
  permissions: { env: ["HOME"] },
}, () => {
  assertEquals(Object.keys(readEnvironment()), ["HOME"]);
});

Deno.test("adjustOptions() names the REST API's place and finds its key when asked", () => {
  const env = { MASSIVE_API_ENDPOINT: "http://127.0.0.1:9000", POLYGON_API_KEY: "key" };
  const args = {
    adjust: undefined,
    splitsFile: "s.csv",
    dividendsFile: undefined,
    isPartial: false,
    fixSplits: false,
  };
  const { splits: source } = adjustOptions(args, env);
  assertEquals([source.file, source.endpoint], ["s.csv", "http://127.0.0.1:9000"]);
  assertEquals(
    (source.apiKey as () => unknown)(),
    { value: "key", source: "POLYGON_API_KEY" },
  );
  const { splits: nothing } = adjustOptions(args, { MASSIVE_API_ENDPOINT: "" });
  assertEquals(nothing.endpoint, undefined);
  assertThrows(nothing.apiKey as () => unknown, ConfigurationError, "MASSIVE_API_KEY");
});

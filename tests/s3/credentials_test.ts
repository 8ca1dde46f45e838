import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { ConfigurationError } from "../../lib/errors.ts";
import { checkCredentials, type Environment, findCredentials } from "../../lib/s3/credentials.ts";
import { parseIni } from "../../lib/s3/profile.ts";
import { ENVIRONMENT_NAMES } from "../../lib/s3/key_variables.ts";

type Files = Readonly<Record<string, string>>;

const find = (env: Environment, files: Files = {}, profile?: string) =>
  findCredentials({
    env,
    profile,
    readTextFile: (path) => Promise.resolve(files[path]),
  });

const keys = (name: string) =>
  `aws_access_key_id = ${name}-id\naws_secret_access_key = ${name}-secret\n`;

/** The source and the key id of what was found. */
async function found(env: Environment, files: Files = {}, profile?: string) {
  const result = await find(env, files, profile);
  assert(result.kind === "found", JSON.stringify(result));
  return [result.source, result.credentials.accessKeyId];
}

const PAIRS = [
  ["MASSIVE_S3_ACCESS_KEY_ID", "MASSIVE_S3_SECRET_ACCESS_KEY"],
  ["MASSIVE_FLATFILES_ACCESS_KEY_ID", "MASSIVE_FLATFILES_SECRET_ACCESS_KEY"],
  ["MASSIVE_S3_ACCESS_KEY", "MASSIVE_S3_SECRET_KEY"],
  ["POLYGON_S3_ACCESS_KEY_ID", "POLYGON_S3_SECRET_ACCESS_KEY"],
  ["POLYGON_S3_ACCESS_KEY", "POLYGON_S3_SECRET_KEY"],
  ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
] as const;

Deno.test("findCredentials() takes the first pair of the environment", async () => {
  const env: Record<string, string> = { HOME: "/home/u" };
  const files = { "/home/u/.aws/credentials": `[massive]\n${keys("file")}` };
  for (const [id, secret] of PAIRS.toReversed()) {
    env[id] = ` ${id}-value\n`;
    env[secret] = "s";
    assertEquals(await found(env, files), [id, `${id}-value`]);
  }
});

for (const [id, secret] of PAIRS) {
  Deno.test(`findCredentials() refuses ${id} or its secret alone`, async () => {
    for (const [set, lacking] of [[id, secret], [secret, id]] as const) {
      const error = await assertRejects(
        () => find({ [set]: "canary", [lacking]: " " }),
        ConfigurationError,
        `Cannot use half a key pair: ${set} is set, and ${lacking} is not`,
      );
      assert(!error.message.includes("canary"));
    }
  });
}

Deno.test("findCredentials() tells the half that may not be read from one that is not set", async () => {
  const [[id, secret]] = PAIRS as unknown as readonly [readonly [string, string]];
  const readTextFile = () => Promise.resolve(undefined);
  const run = () => findCredentials({ env: { [id]: "i" }, hidden: [secret], readTextFile });
  const error = await assertRejects(
    run,
    ConfigurationError,
    `${id} is set, and Deno may not read ${secret}`,
  );
  assertInstanceOf(error.cause, Deno.errors.NotCapable);
});

Deno.test("findCredentials() takes the session token with AWS's names only", async () => {
  const aws = {
    AWS_ACCESS_KEY_ID: "i",
    AWS_SECRET_ACCESS_KEY: "s",
    AWS_SESSION_TOKEN: "t",
  };
  const massive = {
    MASSIVE_S3_ACCESS_KEY: "m",
    MASSIVE_S3_SECRET_KEY: "s",
  };
  const tokenOf = async (env: Environment) => {
    const result = await find(env);
    return result.kind === "found" ? result.credentials.sessionToken : "missing";
  };
  assertEquals(await tokenOf(aws), "t");
  assertEquals(await tokenOf({ ...aws, AWS_SESSION_TOKEN: "" }), undefined);
  assertEquals(await tokenOf({ ...aws, ...massive }), undefined);
});

const HOME = { HOME: "/home/u" };
const CREDENTIALS = "/home/u/.aws/credentials";
const CONFIG = "/home/u/.aws/config";

Deno.test("findCredentials() prefers massive, then default, unless AWS_PROFILE is set", async () => {
  const all = ["default", "massive", "other"].map((name) => `[${name}]\n${keys(name)}`);
  const files = { [CREDENTIALS]: all.join("\n") };
  const source = (name: string) => [`profile ${name} in ~/.aws/credentials`, `${name}-id`];
  assertEquals(await found(HOME, files), source("massive"));
  assertEquals(await found(HOME, { [CREDENTIALS]: all[0]! }), source("default"));
  assertEquals(await found({ ...HOME, AWS_PROFILE: "other" }, files), source("other"));
  assertEquals(await found({ USERPROFILE: "/home/u" }, files), source("massive"));
});

Deno.test("findCredentials() lets a profile that was asked for beat the environment", async () => {
  const env = { ...HOME, AWS_ACCESS_KEY_ID: "i", AWS_SECRET_ACCESS_KEY: "s", AWS_PROFILE: "x" };
  const files = { [CONFIG]: `[profile mine]\n${keys("mine")}` };
  assertEquals(await found(env, files, "mine"), ["profile mine in ~/.aws/config", "mine-id"]);
  await assertRejects(
    () => find(env, files, "yours"),
    ConfigurationError,
    'Cannot use the profile "yours"',
  );
});

Deno.test("findCredentials() reads endpoint and region of the profile", async () => {
  const endpoints = async (config: string) => {
    const result = await find(HOME, {
      [CREDENTIALS]: `[massive]\n${keys("a")}`,
      [CONFIG]: config,
    });
    return result.kind === "found" ? [result.endpoint, result.region] : [];
  };
  assertEquals(await endpoints(""), [undefined, undefined]);
  assertEquals(
    await endpoints("[profile massive]\nregion = eu\nendpoint_url = https://a"),
    ["https://a", "eu"],
  );
  assertEquals(
    await endpoints(
      "[profile massive]\r\nendpoint_url=https://a\r\ns3 =\r\n  endpoint_url = https://b # x\r\nregion=r\r\n",
    ),
    ["https://b", "r"],
  );
  assertEquals(await endpoints("[massive]\nregion = eu"), [undefined, undefined]);
});

Deno.test("findCredentials() reads [default] and [profile default] of the config file", async () => {
  for (const header of ["default", "profile default", ' profile  "default" ']) {
    const files = { [CONFIG]: `[${header}]\n${keys("c")}` };
    assertEquals(await found(HOME, files), ["profile default in ~/.aws/config", "c-id"]);
  }
});

Deno.test("findCredentials() reads the files that the environment names", async () => {
  const env = { AWS_SHARED_CREDENTIALS_FILE: "/a", AWS_CONFIG_FILE: "/b" };
  const files = { "/a": `[massive]\n${keys("a")}`, "/b": "[profile massive]\nregion=r" };
  assertEquals(await found(env, files), ["profile massive in /a", "a-id"]);
});

Deno.test("findCredentials() refuses half a pair of a profile", async () => {
  const files = { [CREDENTIALS]: "[massive]\naws_access_key_id = canary\n" };
  const error = await assertRejects(
    () => find(HOME, files),
    ConfigurationError,
    "profile massive in ~/.aws/credentials has aws_access_key_id and no aws_secret_access_key",
  );
  assert(!error.message.includes("canary"));
});

Deno.test("findCredentials() says where it has looked", async () => {
  assertEquals(await find(HOME), {
    kind: "missing",
    lookedFor: [
      ...PAIRS.map(([id]) => id),
      "profile massive in ~/.aws/credentials",
      "profile massive in ~/.aws/config",
      "profile default in ~/.aws/credentials",
      "profile default in ~/.aws/config",
    ],
  });
});

Deno.test("findCredentials() reads only variables that it names", async () => {
  const seen = new Set<string>();
  const env = new Proxy({}, {
    get: (_, name) => void seen.add(String(name)),
  });
  await find(env);
  assertEquals([...seen].filter((name) => !ENVIRONMENT_NAMES.includes(name)), []);
  assertEquals(ENVIRONMENT_NAMES.length, new Set(ENVIRONMENT_NAMES).size);
});

Deno.test("checkCredentials() refuses what cannot stand in a header", () => {
  const good = { accessKeyId: "i", secretAccessKey: "s+/=" };
  assertEquals(checkCredentials(good), { ...good, sessionToken: undefined });
  for (const bad of ["", "canary\n1", "canary\0", "canary 1", "canaryü"]) {
    for (const name of ["accessKeyId", "secretAccessKey", "sessionToken"]) {
      const error = assertThrows(
        () => checkCredentials({ ...good, [name]: bad }),
        ConfigurationError,
        name,
      );
      assert(!error.message.includes("canary"));
    }
  }
});

Deno.test("parseIni() reads comments, nesting and repeated sections", () => {
  const text = `; c\n[ a ]\n# c\nX = 1 ; c\ny=a#b=c\ns3 =\n\tz = 2\n` +
    `w = 3\n[b] # c\n  x: 4\n  s3=\n\n    # c\n    z = https://h:1/ # c\n  u=5\n[a];c\nx = 5\nx=6\n 7`;
  const plain = [...parseIni(text)].map(([name, section]) => [name, Object.fromEntries(section)]);
  assertEquals(Object.fromEntries(plain), {
    a: { x: "6\n7", y: "a#b=c", s3: "", "s3.z": "2", w: "3" },
    b: { x: "4", s3: "", "s3.z": "https://h:1/", u: "5" },
  });
});

Deno.test("parseIni() reads a section's name with quotes, tabs and spaces", () => {
  const headers = [
    "[profile a b]",
    "[ profile\t'a b' ]",
    '  [profile "a b"] ; c',
    "[profile  a  b]#",
  ];
  for (const header of headers) assertEquals([...parseIni(header).keys()], ["profile a b"]);
  assertEquals([...parseIni('[profile "a  b"]').keys()], ["profile a  b"]);
});

Deno.test("parseIni() takes no longer for a long line than for many", () => {
  const long = " ".repeat(4 << 20);
  for (const text of [`[a]\nx${long}y`, `[a]${long}y`, `[${"'".repeat(4 << 20)}`]) {
    assertThrows(() => parseIni(text), SyntaxError);
  }
  assertEquals(parseIni(`[a]\nx=${long}#${long}\ny${long}=${long}1`).get("a")?.get("y"), "1");
  assertEquals(parseIni("[a]\n" + "x = 1\n".repeat(1_000_000)).get("a")?.size, 1);
});

/** What is no configuration file, and what is said of it. */
const NO_INI: readonly [text: string, message: string][] = [
  ["[a]\ncanary", "line 2: want name = value"],
  ["[a]\n= canary", "line 2: want name = value"],
  ["[a]\ns3 =\n\n  canary", "line 4: want name = value"],
  ["# c\ncanary = 1\n[a]", "line 2: want a section such as [default] before it"],
  ["[canary", "line 1: want a name in brackets"],
  ["[a]\n[canary] b", "line 2: want a name in brackets"],
  ["[]", "line 1: want a name in brackets"],
];

for (const [text, message] of NO_INI) {
  Deno.test(`parseIni() of ${JSON.stringify(text)} says ${message}`, () => {
    assertEquals(assertThrows(() => parseIni(text), SyntaxError).message, message);
  });
}

Deno.test("findCredentials() names file and line of what is no configuration file", async () => {
  const files = {
    [CREDENTIALS]: `[massive]\n${keys("a")}`,
    [CONFIG]: "[profile massive]\nregion eu",
  };
  const error = await assertRejects(() => find(HOME, files), ConfigurationError);
  assertEquals(error.message, "Cannot read ~/.aws/config, line 2: want name = value");
});

/** What a configuration file says beside a key pair in `[profile massive]`, and the endpoint then. */
const ENDPOINTS: readonly [config: string, endpoint: string | undefined][] = [
  ["services = mine\n[services mine]\ns3 =\n  endpoint_url = https://s3\n", "https://s3"],
  [
    "endpoint_url = https://all\nservices = my own\n[services 'my own']\nec2 =\n  endpoint_url = " +
    "https://ec2\ns3 =\n  endpoint_url = https://s3\n",
    "https://s3",
  ],
  [
    "endpoint_url = https://all\nservices = a\n[services a]\nec2 =\n  endpoint_url = https://ec2",
    "https://all",
  ],
  ["services = a\n[services a]\nendpoint_url = https://no service's", undefined],
  [
    "endpoint_url = https://all\ns3 =\n  endpoint_url = https://s3\n  addressing_style = path",
    "https://s3",
  ],
  [
    "[profile massive]\nendpoint_url = https://one\n[profile massive]\nendpoint_url = https://two",
    "https://two",
  ],
  ["endpoint_url: https://colon", "https://colon"],
];

for (const [config, endpoint] of ENDPOINTS) {
  Deno.test(`findCredentials() finds the endpoint ${endpoint} in ${JSON.stringify(config)}`, async () => {
    const files = { [CONFIG]: `[profile massive]\n${keys("a")}${config}` };
    const result = await find(HOME, files);
    assertEquals(result.kind === "found" && result.endpoint, endpoint);
  });
}

Deno.test("findCredentials() refuses services that are not there, and a setting of two lines", async () => {
  const say = async (config: string) => {
    const files = { [CONFIG]: `[profile massive]\n${keys("a")}${config}` };
    return (await assertRejects(() => find(HOME, files), ConfigurationError)).message;
  };
  assertEquals(
    await say("services = none"),
    'Cannot use the profile "massive": its services are those of "[services none]", which ' +
      "~/.aws/config does not have",
  );
  assertEquals(
    await say("endpoint_url = https://a\n  .example"),
    "Cannot read ~/.aws/config: endpoint_url has several lines",
  );
});

Deno.test("findCredentials() lets the credentials file go before the other, both read once", async () => {
  const files: Files = {
    [CREDENTIALS]: `[massive]\n${keys("a")}region = one\nendpoint_url = https://one`,
    [CONFIG]: `[profile massive]\n${keys("b")}region = two\nendpoint_url = https://two`,
  };
  const read: string[] = [];
  const readTextFile = (path: string) => {
    read.push(path);
    return Promise.resolve(files[path]);
  };
  const result = await findCredentials({ env: HOME, readTextFile });
  assert(result.kind === "found");
  const { credentials, endpoint, region } = result;
  assertEquals([credentials.accessKeyId, endpoint, region], ["a-id", "https://one", "one"]);
  await findCredentials({ env: { ...HOME, AWS_PROFILE: "none" }, readTextFile });
  assertEquals(read, [CREDENTIALS, CONFIG, CREDENTIALS, CONFIG]);
});

Deno.test("findCredentials() takes [profile default] before [default]", async () => {
  const [plain, prefixed] = [`[default]\n${keys("a")}`, `[profile default]\n${keys("b")}`];
  for (const config of [plain + prefixed, prefixed + plain]) {
    assertEquals((await found(HOME, { [CONFIG]: config }))[1], "b-id");
  }
});

Deno.test("findCredentials() says what a profile has in the place of keys", async () => {
  const others = {
    credential_process: "credential_process = /bin/canary",
    sso_session: "sso_session = canary\nsso_account_id = 1",
    sso_start_url: "sso_start_url = https://canary",
    web_identity_token_file: "web_identity_token_file = /canary\nrole_arn = canary",
    role_arn: "role_arn = canary\nsource_profile = default",
    login_session: "login_session = canary",
  };
  for (const [name, lines] of Object.entries(others)) {
    const place = `profile massive in ~/.aws/config (has ${name}, which is not used here)`;
    const files = { [CONFIG]: `[profile massive]\n${lines}` };
    const result = await find(HOME, files);
    assert(result.kind === "missing" && result.lookedFor.includes(place), JSON.stringify(result));
    const error = await assertRejects(() => find({}, files, "massive"), ConfigurationError);
    assert(!error.message.includes("canary"));
    const asked = await assertRejects(() => find(HOME, files, "massive"), ConfigurationError);
    assertStringIncludes(asked.message, place);
    const both = { [CONFIG]: `[profile massive]\n${lines}\n${keys("a")}` };
    assertEquals((await found(HOME, both))[1], "a-id");
  }
});

Deno.test("findCredentials() says that a section is called as in the other file", async () => {
  const files = {
    [CREDENTIALS]: `[profile massive]\n${keys("a")}`,
    [CONFIG]: `[massive]\n${keys("b")}`,
  };
  const result = await find(HOME, files);
  assertEquals(result.kind === "missing" && result.lookedFor.slice(PAIRS.length), [
    "profile massive in ~/.aws/credentials (has [profile massive], want [massive])",
    "profile massive in ~/.aws/config (has [massive], want [profile massive])",
    "profile default in ~/.aws/credentials",
    "profile default in ~/.aws/config",
  ]);
});

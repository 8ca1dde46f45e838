import { assertEquals, assertRejects } from "@std/assert";
import { findIntoAccess } from "../../../lib/cli/access/into_access.ts";
import { ConfigurationError } from "../../../lib/errors.ts";

const NOTHING = { intoEndpoint: undefined, intoRegion: undefined, intoProfile: undefined };
const OWN = {
  FLATFETCH_INTO_ACCESS_KEY_ID: "OWN",
  FLATFETCH_INTO_SECRET_ACCESS_KEY: "own-secret",
};
const AWS = { AWS_ACCESS_KEY_ID: "AWS", AWS_SECRET_ACCESS_KEY: "aws-secret" };
const VENDOR = {
  MASSIVE_S3_ACCESS_KEY_ID: "VENDOR",
  MASSIVE_S3_SECRET_ACCESS_KEY: "vendor-secret",
  FLATFETCH_ENDPOINT: "https://files.example.com",
  AWS_ENDPOINT_URL: "https://files.example.com",
  AWS_ENDPOINT_URL_S3: "https://files.example.com",
};

const PROFILES = `[default]
aws_access_key_id = DEFAULT
aws_secret_access_key = default-secret

[massive]
aws_access_key_id = VENDOR
aws_secret_access_key = vendor-secret
endpoint_url = https://files.example.com

[lake]
aws_access_key_id = LAKE
aws_secret_access_key = lake-secret
region = eu-west-3
endpoint_url = https://minio.example.com
`;

/** A folder with profiles, and the environment that names it. */
async function withProfiles(work: (env: Record<string, string>) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "flatfetch_" });
  try {
    const path = `${home}/credentials`;
    await Deno.writeTextFile(path, PROFILES);
    await work({ HOME: home, AWS_SHARED_CREDENTIALS_FILE: path });
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

/** Keys of the flat files. */
function keysAt(source: string, accessKeyId = "VENDOR") {
  return { source, credentials: { accessKeyId, secretAccessKey: "vendor-secret" } };
}

async function keyOf(...args: Parameters<typeof findIntoAccess>): Promise<string> {
  return (await findIntoAccess(...args)).credentials.accessKeyId;
}

Deno.test("findIntoAccess() takes keys of its own before AWS's, and those before the default profile", async () => {
  await withProfiles(async (files) => {
    const source = keysAt("MASSIVE_S3_ACCESS_KEY_ID");
    assertEquals(await keyOf(NOTHING, { ...files, ...VENDOR, ...AWS, ...OWN }, source), "OWN");
    assertEquals(await keyOf(NOTHING, { ...files, ...VENDOR, ...AWS }, source), "AWS");
    assertEquals(await keyOf(NOTHING, { ...files, ...VENDOR }, source), "DEFAULT");
  });
});

Deno.test("findIntoAccess() takes a profile that is named before all", async () => {
  await withProfiles(async (files) => {
    const env = { ...files, ...VENDOR, ...AWS, ...OWN };
    const wanted = {
      endpoint: "https://minio.example.com",
      region: "eu-west-3",
      credentials: {
        accessKeyId: "LAKE",
        secretAccessKey: "lake-secret",
        sessionToken: undefined,
      },
    };
    assertEquals(
      await findIntoAccess({ ...NOTHING, intoProfile: "lake" }, env, keysAt("x")),
      wanted,
    );
    const named = { ...env, FLATFETCH_INTO_PROFILE: "lake" };
    assertEquals(await findIntoAccess(NOTHING, named, keysAt("x")), wanted);
  });
});

Deno.test("findIntoAccess() never takes what the flat files are opened with", async () => {
  await withProfiles(async (files) => {
    const place = { ...files, HOME: "" };
    // AWS's pair opens the flat files: the profile counts.
    assertEquals(
      await keyOf(NOTHING, { ...place, ...AWS }, keysAt("AWS_ACCESS_KEY_ID", "AWS")),
      "DEFAULT",
    );
    const source = `profile default in ${files.AWS_SHARED_CREDENTIALS_FILE}`;
    const error = await assertRejects(
      () => findIntoAccess(NOTHING, place, keysAt(source, "DEFAULT")),
      ConfigurationError,
      `not ${source}, which has the keys of the flat files`,
    );
    assertEquals(/secret|VENDOR|massive/i.test(error.message.replaceAll("SECRET", "")), false);
    // The same keys under another name.
    const same = { AWS_ACCESS_KEY_ID: "VENDOR", AWS_SECRET_ACCESS_KEY: "vendor-secret" };
    assertEquals(await keyOf(NOTHING, { ...place, ...same }, keysAt("x")), "DEFAULT");
    const own = { ...OWN, FLATFETCH_INTO_ACCESS_KEY_ID: "VENDOR" };
    assertEquals(await keyOf(NOTHING, { ...place, ...own }, keysAt("x")), "VENDOR");
    const vendor = { ...VENDOR, HOME: "" };
    await assertRejects(() => findIntoAccess(NOTHING, vendor, keysAt("x")), ConfigurationError);
  });
});

Deno.test("findIntoAccess() asks AWS of the region, whatever endpoint the flat files have", async () => {
  const env = { ...VENDOR, ...OWN };
  const placeOf = async (...args: Parameters<typeof findIntoAccess>) => {
    const { endpoint, region } = await findIntoAccess(...args);
    return [endpoint, region];
  };
  assertEquals(await placeOf(NOTHING, env, keysAt("x")), [
    "https://s3.us-east-1.amazonaws.com",
    "us-east-1",
  ]);
  assertEquals(await placeOf({ ...NOTHING, intoRegion: "eu-west-1" }, env, keysAt("x")), [
    "https://s3.eu-west-1.amazonaws.com",
    "eu-west-1",
  ]);
  const set = {
    ...env,
    FLATFETCH_INTO_ENDPOINT: "https://r2.example.com",
    FLATFETCH_INTO_REGION: "auto",
  };
  assertEquals(await placeOf(NOTHING, set, keysAt("x")), ["https://r2.example.com", "auto"]);
  assertEquals(await placeOf({ ...NOTHING, intoEndpoint: "https://b" }, set, keysAt("x")), [
    "https://b",
    "auto",
  ]);
});

/** Promise 5, with a proxy in the environment: it hears nothing of what goes to this machine. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { FakeRest, serveRest } from "../../fixtures/rest_server.ts";
import { SPLIT_ROWS } from "../../fixtures/split_files.ts";
import { IN_QUARTER, stockFiles, World } from "../program/harness.ts";
import { PrivateAuthority } from "./certificates.ts";
import { CountingProxy } from "./counting_proxy.ts";

const REST_KEY = "CANARY_rest_key_0123456789";

/** Every variable that can name a proxy, at once; what goes to none may be set already. */
const proxied = (url: string) => ({
  ...Object.fromEntries(
    ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].flatMap((name) => [[name, url], [
      name.toLowerCase(),
      url,
    ]]),
  ),
  no_proxy: "example.com",
  DENO_NO_UPDATE_CHECK: "1",
});

Deno.test("flatfetch TSLA --adjust splits (proxies in the environment) sends the proxy nothing", async () => {
  await using proxy = new CountingProxy();
  await using world = await World.open([stockFiles()]);
  const rest = new FakeRest({ key: REST_KEY, splits: SPLIT_ROWS });
  await using api = serveRest(rest);
  for (const host of ["127.0.0.1", "localhost"]) {
    const env = {
      ...proxied(proxy.url),
      FLATFETCH_ENDPOINT: world.url.replace("127.0.0.1", host),
      MASSIVE_API_ENDPOINT: api.url.replace("127.0.0.1", host),
      MASSIVE_API_KEY: REST_KEY,
      AWS_SESSION_TOKEN: "CANARY_token",
    };
    const ended = await world.spawn(["TSLA", "--adjust", "splits", ...IN_QUARTER], { env });
    assertEquals(ended.code, 0, ended.stderr);
    const examined = await world.spawn(["doctor"], { env });
    assertStringIncludes(examined.stdout, `endpoint: "${host}:`);
    assertStringIncludes(examined.stdout, "✅ listing");
  }
  assertEquals(rest.requests.length > 0, true);
  assertEquals(proxy.heard, []);
});

Deno.test("flatfetch TSLA (https to this machine, proxies in the environment) asks for no tunnel", async () => {
  await using proxy = new CountingProxy();
  await using world = await World.open([stockFiles()]);
  await using authority = await PrivateAuthority.make();
  const options = { hostname: "127.0.0.1", port: 0, onListen() {}, ...await authority.issue() };
  await using server = Deno.serve(options, world.s3.handler);
  for (const host of ["127.0.0.1", "localhost"]) {
    const ended = await world.spawn(["TSLA", "--refresh", ...IN_QUARTER], {
      env: {
        ...proxied(proxy.url),
        FLATFETCH_ENDPOINT: `https://${host}:${server.addr.port}`,
        DENO_CERT: authority.path,
      },
    });
    assertEquals(ended.code, 0, ended.stderr);
  }
  assertEquals(proxy.heard, []);
});

Deno.test("flatfetch TSLA (a proxy answers 407) exits 4 at once, names the proxy and no password", async () => {
  await using proxy = new CountingProxy("407 Proxy Authentication Required");
  await using world = await World.open([]);
  for (const who of ["", "user:CANARY_password@"]) {
    const env = {
      ...proxied(proxy.url.replace("//", `//${who}`)),
      FLATFETCH_ENDPOINT: "https://files.example",
    };
    const { code, stderr } = await world.spawn(["TSLA", ...IN_QUARTER], { env });
    assertEquals(code, 4, stderr);
    assertStringIncludes(stderr, "the proxy wants a user name and a password");
    assertStringIncludes(stderr, new URL(proxy.url).host);
    assertEquals(stderr.includes("CANARY_password"), false);
  }
  assertEquals(proxy.heard.length, 2);
});

import { assertEquals } from "@std/assert";
import { Connections } from "../../lib/http/connections.ts";
import { CountingProxy } from "../security/counting_proxy.ts";

/** Every variable by which a proxy can be named. */
const VARIABLES = [
  "HTTP_PROXY",
  "http_proxy",
  "HTTPS_PROXY",
  "https_proxy",
  "ALL_PROXY",
  "all_proxy",
];

/** Addresses of this machine itself to listen at, and hosts that lead there. */
const HOSTS: Readonly<Record<string, readonly string[]>> = {
  "127.0.0.1": ["127.0.0.1", "localhost", "127.1", "0x7f.0.0.1", "LOCALHOST"],
  "127.3.2.1": ["127.3.2.1"],
  "::1": ["[::1]", "[0:0:0:0:0:0:0:1]"],
};

Deno.test("Connections reach this machine itself by no proxy, whatever the environment says", async () => {
  await using proxy = new CountingProxy();
  for (const [hostname, hosts] of Object.entries(HOSTS)) {
    const options = { hostname, port: 0, onListen() {} };
    await using server = Deno.serve(options, ({ headers }) => new Response(headers.get("host")));
    for (const host of hosts) {
      for (const variable of VARIABLES) {
        Deno.env.set(variable, proxy.url);
        const url = new URL(`http://${host}:${server.addr.port}/a`);
        using connections = new Connections(url, 1);
        for (const fresh of [false, true]) {
          const response = await connections.fetch(url, { fresh });
          assertEquals(await response.text(), url.host, `${host} ${variable}`);
        }
        Deno.env.delete(variable);
        assertEquals(Deno.env.get("NO_PROXY"), undefined);
      }
    }
  }
  assertEquals(proxy.heard, []);
});

Deno.test("Connections reach this machine itself by no proxy where NO_PROXY may not be set", {
  permissions: { net: true, env: ["HTTP_PROXY", "ALL_PROXY"] },
}, async () => {
  await using proxy = new CountingProxy();
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  await using server = Deno.serve(options, ({ headers }) => new Response(headers.get("host")));
  for (const variable of ["HTTP_PROXY", "ALL_PROXY"]) {
    Deno.env.set(variable, proxy.url);
    for (const host of ["127.0.0.1", "localhost"]) {
      const url = new URL(`http://${host}:${server.addr.port}/a`);
      using connections = new Connections(url, 1);
      assertEquals(await (await connections.fetch(url, { fresh: false })).text(), url.host);
    }
    Deno.env.delete(variable);
  }
  assertEquals(proxy.heard, []);
});

Deno.test("Connections to another host go by the proxy, in a tunnel", async () => {
  await using proxy = new CountingProxy();
  Deno.env.set("HTTPS_PROXY", proxy.url);
  const url = new URL("https://files.example/secret?X-Amz-Signature=0123");
  using connections = new Connections(url, 1);
  const headers = { authorization: "Bearer secret" };
  await connections.fetch(url, { fresh: false, headers }).catch(() => {});
  Deno.env.delete("HTTPS_PROXY");
  assertEquals(proxy.heard.map((text) => text.split("\r\n")[0]), [
    "CONNECT files.example:443 HTTP/1.1",
  ]);
  assertEquals(proxy.heard.filter((text) => /secret|X-Amz|Bearer/.test(text)), []);
});

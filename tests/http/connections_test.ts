import { assertEquals } from "@std/assert";
import { CountingProxy } from "../security/counting_proxy.ts";

const REACH = decodeURIComponent(new URL("./reach.ts", import.meta.url).pathname);

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

for (
  const [title, permissions] of [
    ["whatever the environment says", ["--allow-net", "--allow-env"]],
    ["where NO_PROXY may not be set", ["--allow-net"]],
  ] as const
) {
  Deno.test(`Connections reach this machine itself by no proxy ${title}`, async () => {
    await using proxy = new CountingProxy();
    await using servers = new AsyncDisposableStack();
    const urls = Object.entries(HOSTS).flatMap(([hostname, hosts]) => {
      const options = { hostname, port: 0, onListen() {} };
      const serve = ({ headers }: Request) => new Response(headers.get("host"));
      const { addr: { port } } = servers.use(Deno.serve(options, serve));
      return hosts.map((host) => new URL(`http://${host}:${port}/a`));
    });
    for (const variable of VARIABLES) {
      const bodies = await reach(permissions, { [variable]: proxy.url }, urls);
      assertEquals(bodies, urls.flatMap(({ host }) => [host, host]), variable);
    }
    assertEquals(proxy.heard, []);
  });
}

Deno.test("Connections to another host go by the proxy, in a tunnel", async () => {
  await using proxy = new CountingProxy();
  const url = new URL("https://files.example/secret?X-Amz-Signature=0123");
  const permissions = ["--allow-net", "--allow-env"];
  assertEquals(await reach(permissions, { HTTPS_PROXY: proxy.url }, [url]), [null, null]);
  const line = "CONNECT files.example:443 HTTP/1.1";
  assertEquals(proxy.heard.map((text) => text.split("\r\n")[0]), [line, line]);
  assertEquals(proxy.heard.filter((text) => /secret|X-Amz|Bearer/.test(text)), []);
});

async function reach(
  permissions: readonly string[],
  env: Record<string, string>,
  urls: readonly URL[],
): Promise<unknown> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", ...permissions, REACH, ...urls.map(String)],
    // The proxy would hear what Deno asks for its own sake.
    env: { ...env, DENO_NO_UPDATE_CHECK: "1" },
  }).output();
  const [text, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(success, true, error);
  return JSON.parse(text!);
}

/**
 * Asks for each URL of its arguments, and prints what came as JSON; `null` for what did not come.
 *
 * A process of its own has an environment of its own, which is where proxies are named.
 *
 * @module
 */

import { Connections } from "../../lib/http/connections.ts";

const bodies: (string | null)[] = [];
for (const url of Deno.args.map((text) => new URL(text))) {
  using connections = new Connections(url, 1);
  for (const fresh of [false, true]) {
    const headers = { authorization: "Bearer secret" };
    const body = connections.fetch(url, { fresh, headers }).then((response) => response.text());
    bodies.push(await body.catch(() => null));
  }
}
const permission = Deno.permissions.querySync({ name: "env", variable: "NO_PROXY" });
if (permission.state === "granted" && Deno.env.has("NO_PROXY")) throw new Error("NO_PROXY is set");
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(bodies)));

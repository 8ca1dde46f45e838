/**
 * The benchmarks' files over TLS, HTTP/1.1 and HTTP/2, from a process of its own.
 *
 * Its first line is its endpoint and the certificate as JSON; then each line on standard input
 * is answered with the connections that came since the last time. `--latency MS` as `server.ts`.
 *
 * @module
 */

import { parseArgs } from "../../lib/deps/std_cli.ts";
import { FakeS3 } from "../../fixtures/s3_server.ts";
import { putDays, say } from "./server.ts";

if (import.meta.main) {
  const { latency } = parseArgs(Deno.args, { string: ["latency"] });
  const s3 = new FakeS3({ latencyMs: Number(latency ?? 0) });
  await putDays(s3, 1);
  const certificate = await selfSigned();
  const ports = new Set<number>();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    ...certificate,
    onListen: () => {},
  }, (request, { remoteAddr }) => {
    ports.add((remoteAddr as Deno.NetAddr).port);
    return s3.handler(request);
  });
  const url = `https://localhost:${server.addr.port}`;
  say(JSON.stringify({ url, cert: certificate.cert }));
  for await (const _ of Deno.stdin.readable) {
    say(String(ports.size));
    ports.clear();
    s3.clearRequests();
  }
}

/** A certificate for localhost, made by openssl. */
async function selfSigned(): Promise<{ key: string; cert: string }> {
  const folder = await Deno.makeTempDir();
  const [key, cert] = [`${folder}/key.pem`, `${folder}/cert.pem`];
  const args = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext " +
    `subjectAltName=DNS:localhost -addext basicConstraints=CA:FALSE -keyout ${key} -out ${cert}`;
  const { success, stderr } = await new Deno.Command("openssl", { args: args.split(" ") }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return { key: await Deno.readTextFile(key), cert: await Deno.readTextFile(cert) };
}

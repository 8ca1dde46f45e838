/**
 * Where a fleet's NATS server is, and why a secure connection to it fails.
 *
 * @module
 */

import { quote, TlsError, UsageError } from "../errors.ts";
import { connectionError } from "../http/connections.ts";

/** A server, and whether it is asked over TLS. */
export interface FleetAddress {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

/**
 * Reads the URL of a fleet.
 *
 * @throws {UsageError} when it is none, or not one to be used.
 */
export function parseFleetUrl(text: string): FleetAddress {
  const url = URL.parse(text);
  if (url === null || !["nats:", "tls:"].includes(url.protocol) || url.hostname === "") {
    throw new UsageError(
      `Cannot read ${
        quote(withoutUser(text))
      } as the URL of a fleet: want nats://localhost:4222 or tls://HOST:4222`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new UsageError(
      `Cannot use the URL of a fleet with a name or a password in it: want them in NATS_USER and NATS_PASSWORD`,
    );
  }
  const host = url.hostname;
  const isTls = url.protocol === "tls:";
  if (!isTls && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(host)) {
    throw new UsageError(
      `Cannot use ${quote(text)}: want tls:// for a server on another machine`,
    );
  }
  return { host, port: Number(url.port || 4222), isTls };
}

function withoutUser(text: string): string {
  return text.replace(/\/\/[^/@]*@/, "//…@");
}

/** The server says at once who it is. */
const WITHIN_MS = 5_000;

/**
 * What is wrong with TLS at the server, or `undefined` when that is not the matter. It is asked
 * once more, since the client of NATS takes each certificate that it refuses for one of an unknown
 * authority, and does not hear when the server refuses.
 */
export async function tlsErrorOf(
  { host, port, isTls }: FleetAddress,
  action: string,
): Promise<TlsError | undefined> {
  const open = new DisposableStack();
  const timer = setTimeout(() => open.dispose(), WITHIN_MS);
  try {
    const plain = open.use(await Deno.connect({ hostname: host, port }));
    const info = await readLine(plain);
    if (!isTls && !/"tls_required":\s*true/.test(info)) return undefined;
    const secure = open.use(await Deno.startTls(plain, { hostname: host }));
    // What the server says to the client's side of the handshake comes after it.
    await secure.read(new Uint8Array(1));
    return undefined;
  } catch (error) {
    const told = connectionError(error, { action, host });
    return told instanceof TlsError ? told : undefined;
  } finally {
    clearTimeout(timer);
    open.dispose();
  }
}

async function readLine(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(4_096);
  for (let text = "";;) {
    const count = await connection.read(buffer);
    text += new TextDecoder().decode(buffer.subarray(0, count ?? 0));
    if (count === null || text.includes("\n")) return text;
  }
}

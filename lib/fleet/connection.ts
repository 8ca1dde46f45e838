/**
 * The connection of one machine to the NATS server of a fleet.
 *
 * @module
 */

import { delay } from "../deps/std_async.ts";
import {
  type Authenticator,
  connect,
  credsAuthenticator,
  errors,
  jetstream,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstreamManager,
  type NatsConnection,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "../deps/nats.ts";
import { ConfigurationError, reasonOf, TemporaryError } from "../errors.ts";
import { parseFleetUrl, tlsErrorOf } from "./address.ts";

/** How a machine says who it is. */
export type FleetKeys =
  | { readonly kind: "creds"; readonly bytes: Uint8Array }
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "user"; readonly user: string; readonly password: string };

/** Where the server is, and as whom. */
export interface FleetOptions {
  /** `tls://host:4222`, or `nats://` on this machine. */
  readonly url: string;
  readonly keys?: FleetKeys | undefined;
  /** This machine's name, which outcomes have. */
  readonly name: string;
  /** @default {one that never aborts} */
  readonly signal?: AbortSignal;
}

/** Missed answers to pings, ten seconds apart, after which the connection counts as lost. */
const PINGS = 2;
const PING_EVERY_MS = 10_000;
/** The client does not hear when the server ends the handshake, and waits all this time. */
const CONNECT_WITHIN_MS = 4_000;
/** After that the server may have gone with the question, which is put once more. */
const ANSWER_WITHIN_MS = 2_000;
const RECONNECT_AFTER_MS = 500;
const FLUSH_WITHIN_MS = 300;

/** An open connection to a fleet's server. It finds back by itself when it is lost. */
export class FleetConnection implements AsyncDisposable {
  readonly name: string;
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
  /** Aborts when the caller's signal does, or when the server takes this machine in no more. */
  readonly signal: AbortSignal;
  readonly #connection: NatsConnection;

  private constructor(
    name: string,
    connection: NatsConnection,
    { manager, signal }: { readonly manager: JetStreamManager; readonly signal: AbortSignal },
  ) {
    this.name = name;
    this.#connection = connection;
    this.client = jetstream(connection, { timeout: ANSWER_WITHIN_MS });
    this.manager = manager;
    this.signal = signal;
  }

  /**
   * @throws {UsageError} when the URL cannot be read.
   * @throws {TemporaryError} when the server cannot be reached.
   * @throws {TlsError} when no secure connection to it is to be had.
   * @throws {ConfigurationError} when it refuses the keys, or has no JetStream for them.
   */
  static async open({ url, keys, name, signal }: FleetOptions): Promise<FleetConnection> {
    const address = parseFleetUrl(url);
    const { host, port, isTls } = address;
    const server = `${host}:${port}`;
    globalThis.addEventListener("error", ignoreReset);
    let connection: NatsConnection;
    try {
      connection = await connect({
        servers: [server],
        name: `flatfetch ${name}`,
        ...(isTls && { tls: {} }),
        ...(keys && { authenticator: authenticatorOf(keys) }),
        maxReconnectAttempts: -1,
        reconnectTimeWait: RECONNECT_AFTER_MS,
        pingInterval: PING_EVERY_MS,
        maxPingOut: PINGS,
        timeout: CONNECT_WITHIN_MS,
        // Only this address may be asked for, whatever others the server names.
        ignoreClusterUpdates: true,
      });
    } catch (error) {
      if (refusesKeys(error)) throw refusedAt(server, error);
      throw await tlsErrorOf(address, `Cannot join the fleet at ${server}`) ??
        new TemporaryError(`Cannot join the fleet: no NATS server answers at ${server}`, {
          cause: error,
        });
    }
    const lost = new AbortController();
    connection.closed().then((error) => {
      if (error !== undefined) lost.abort(refusedAt(server, error));
    });
    const both = AbortSignal.any([lost.signal, ...signal ? [signal] : []]);
    try {
      const manager = await insist(() => jetstreamManager(connection), both, hasNoJetStream);
      return new FleetConnection(name, connection, { manager, signal: both });
    } catch (error) {
      await connection.close();
      if (refusesKeys(error)) throw refusedAt(server, error);
      if (!hasNoJetStream(error)) throw error;
      const message = `Cannot use the NATS server ${server}: it has no JetStream for this account`;
      throw new ConfigurationError(message, { cause: error });
    }
  }

  /**
   * Asks the server, and again while it is away.
   *
   * @throws {TemporaryError} when it does not answer for a minute, or does not do it.
   * @throws {JetStreamApiError} when the stream or the consumer is not there.
   */
  async insist<T>(
    act: (manager: JetStreamManager) => Promise<T>,
    signal: AbortSignal = this.signal,
  ): Promise<T> {
    return await insist(() => act(this.manager), signal);
  }

  /**
   * Publishes a message of a job to one of its streams, once whatever happens.
   *
   * @throws {TemporaryError} when the job was cancelled, or the server does not take it.
   */
  async publish(
    subject: string,
    text: string,
    { id, stream, signal }: {
      readonly id: string;
      readonly stream: string;
      readonly signal: AbortSignal;
    },
  ): Promise<void> {
    try {
      await this.insist(async ({ streams }) => {
        try {
          await this.client.publish(subject, text, { msgID: id });
        } catch (error) {
          // So says the client also where no stream takes the subject.
          if (hasNoJetStream(error)) await streams.info(stream);
          throw error;
        }
      }, signal);
    } catch (error) {
      throw isGone(error) ? new TemporaryError("Cannot go on: the job was cancelled") : error;
    }
  }

  /** Sends what still waits, such as that a task is given back, and closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    const end = new AbortController();
    const late = delay(FLUSH_WITHIN_MS, { signal: end.signal }).catch(() => {});
    await Promise.race([this.#connection.flush().catch(() => {}), late]);
    end.abort();
    await this.#connection.close();
  }
}

/**
 * The client takes its listeners off a socket before the last error of that socket comes, which would
 * end the process; the loss of the connection it has noticed all the same.
 */
function ignoreReset(event: ErrorEvent): void {
  if (/^(ECONNRESET$|EPIPE$|ERR_SSL_)/.test(event.error?.code)) event.preventDefault();
}

function authenticatorOf(keys: FleetKeys): Authenticator {
  switch (keys.kind) {
    case "creds":
      return credsAuthenticator(keys.bytes);
    case "token":
      return tokenAuthenticator(keys.token);
    case "user":
      return usernamePasswordAuthenticator(keys.user, keys.password);
  }
}

function refusesKeys(error: unknown): boolean {
  return /authori[sz]ation|authenticat|permissions violation|nkey|credential/i.test(
    reasonOf(error),
  );
}

function refusedAt(server: string, cause: unknown): ConfigurationError {
  const message = `Cannot join the fleet: the NATS server ${server} refuses the credentials`;
  return new ConfigurationError(message, { cause });
}

/** Tries again while the server is away, for a minute, and for some seconds when it says no. */
async function insist<T>(
  act: () => Promise<T>,
  signal: AbortSignal,
  isFinal: (error: unknown) => boolean = isGone,
): Promise<T> {
  for (let tries = 1;; tries++) {
    signal.throwIfAborted();
    try {
      return await act();
    } catch (error) {
      if (isFinal(error) || refusesKeys(error) || isClosed(error)) throw error;
      const isAnswer = error instanceof JetStreamApiError || isTooLarge(error);
      if (isTooLarge(error) || tries === (isAnswer ? TRIES_ANSWERED : TRIES)) {
        const what = isAnswer ? `says: ${reasonOf(error)}` : "does not answer";
        throw new TemporaryError(`Cannot go on: the NATS server ${what}`, { cause: error });
      }
    }
    await delay(Math.min(10_000, 250 * 2 ** tries), { signal });
  }
}

const isTooLarge = (error: unknown) => /max_payload/.test(reasonOf(error));

const isClosed = (error: unknown) => error instanceof errors.ClosedConnectionError;

const TRIES = 10;
const TRIES_ANSWERED = 3;

/** Whether a stream or a consumer is not there, or no more. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof JetStreamApiError)) return false;
  return [STREAM_NOT_FOUND, CONSUMER_NOT_FOUND].includes(error.code);
}

const CONSUMER_NOT_FOUND = 10014;
const STREAM_NOT_FOUND = 10059;

const NOT_ENABLED = 10039;

function hasNoJetStream(error: unknown): boolean {
  if (error instanceof JetStreamApiError) return error.code === NOT_ENABLED;
  return error instanceof Error && error.name === "JetStreamNotEnabled";
}

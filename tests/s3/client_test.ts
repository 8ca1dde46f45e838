import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  ConfigurationError,
  IntegrityError,
  NetworkError,
  ObjectChangedError,
  S3Error,
  TlsError,
  UsageError,
} from "../../lib/errors.ts";
import { type Retry, S3Client, type S3ClientOptions } from "../../lib/s3/client.ts";

const CREDENTIALS = {
  accessKeyId: "CANARYID",
  secretAccessKey: "CANARYSECRET",
  sessionToken: "CANARYTOKEN",
};

interface Sent {
  readonly url: URL;
  readonly headers: Headers;
  readonly init: RequestInit;
}
type Reply = (sent: Sent, count: number) => Response | Promise<Response>;

/** A client whose requests a function answers, and what it has sent and told. */
function clientOf(reply: Reply, options: Partial<S3ClientOptions> = {}) {
  const sent: Sent[] = [];
  const retries: Retry[] = [];
  const told = { bytes: 0, successes: 0 };
  const client = new S3Client({
    endpoint: "https://files.test",
    bucket: "flatfiles",
    credentials: CREDENTIALS,
    random: () => 0,
    onRetry: (retry) => retries.push(retry),
    onBytes: (count) => told.bytes += count,
    onSuccess: () => told.successes++,
    fetch: (input, init = {}) => {
      const request = {
        url: new URL(String(input)),
        headers: new Headers(init.headers),
        init,
      };
      return Promise.resolve(reply(request, sent.push(request)));
    },
    ...options,
  });
  return { client, sent, retries, told };
}

const BYTES = new Uint8Array([1, 2, 3, 4, 5, 6, 7]);
const ok = (etag = "e") => new Response(BYTES, { headers: { etag: `"${etag}"` } });
const errorDocument = (code: string, extra = "") =>
  `<?xml version="1.0"?><Error><Code>${code}</Code>${extra}<RequestId>R1</RequestId></Error>`;
const refusal = (
  status: number,
  code: string,
  headers: Record<string, string> = {},
) => new Response(errorDocument(code), { status, headers });

function listing(keys: readonly string[], token = ""): Response {
  const contents = keys.map((key) =>
    `<Contents><Key>${key}</Key><ETag>&quot;e&quot;</ETag><Size>7</Size></Contents>`
  );
  return new Response(
    `<ListBucketResult><KeyCount>${keys.length}</KeyCount>` +
      `<IsTruncated>${token !== ""}</IsTruncated>` +
      (token && `<NextContinuationToken>${token}</NextContinuationToken>`) +
      `${contents.join("")}</ListBucketResult>`,
  );
}

const keysOf = (client: S3Client, prefix = "p/") =>
  Array.fromAsync(client.list(prefix), ({ key }) => key);

// Construction

const ENDPOINTS: Readonly<Record<string, string>> = {
  "https://files.massive.com": "https://files.massive.com/flatfiles/k",
  "https://files.massive.com:444/": "https://files.massive.com:444/flatfiles/k",
  "https://host/base/a+b/": "https://host/base/a%2Bb/flatfiles/k",
  "http://127.0.0.1:9000": "http://127.0.0.1:9000/flatfiles/k",
  "http://127.9.9.9": "http://127.9.9.9/flatfiles/k",
  "http://[::1]:9000": "http://[::1]:9000/flatfiles/k",
  "http://localhost:9000": "http://localhost:9000/flatfiles/k",
};

for (const [endpoint, url] of Object.entries(ENDPOINTS)) {
  Deno.test(`S3Client asks the endpoint ${endpoint} in path style`, async () => {
    const { client, sent } = clientOf(() => ok(), { endpoint });
    await client.get("k");
    assertEquals(sent[0]!.url.href, url);
  });
}

const BAD_ENDPOINTS = [
  "",
  "files.massive.com",
  "http://files.massive.com",
  "http://127.0.0.1.example.com",
  "http://localhost.example.com",
  "ftp://host",
  "file:///etc",
  "https://canary:canary@host",
  "https://canary@host",
  "https://host/?canary",
  "https://host/?",
  "https://host/#canary",
  "https://host/a//b",
  "https://host/%zz",
];

for (const endpoint of BAD_ENDPOINTS) {
  Deno.test(`S3Client refuses the endpoint ${endpoint}`, () => {
    const error = assertThrows(
      () => clientOf(() => ok(), { endpoint }),
      ConfigurationError,
      "Cannot use the endpoint",
    );
    assert(!error.message.includes("canary"));
  });
}

Deno.test("S3Client refuses a bucket, region, concurrency or key that cannot be", () => {
  for (const bucket of ["", "a", "a/b", "a..b", "../a", "a?b", "é-bucket"]) {
    assertThrows(() => clientOf(() => ok(), { bucket }), ConfigurationError, "bucket");
  }
  for (const region of ["", "a/b", "a\nb"]) {
    assertThrows(() => clientOf(() => ok(), { region }), ConfigurationError, "region");
  }
  for (const concurrency of [0, 1.5, NaN]) {
    assertThrows(() => clientOf(() => ok(), { concurrency }), UsageError);
  }
  const credentials = { accessKeyId: "canary\n", secretAccessKey: "s" };
  assertThrows(() => clientOf(() => ok(), { credentials }), ConfigurationError);
});

// get()

Deno.test("get() returns the bytes and the ETag of a signed request", async () => {
  const { client, sent, told } = clientOf(() => ok());
  const result = await client.get("a/b", { size: 7, ifMatch: "e" });
  assertEquals(result, { bytes: BYTES, etag: "e" });
  const { headers, init } = sent[0]!;
  assertEquals(init.redirect, "manual");
  assertEquals(headers.get("accept-encoding"), "identity");
  assertEquals(headers.get("if-match"), '"e"');
  assertEquals(headers.get("x-amz-security-token"), "CANARYTOKEN");
  assertStringIncludes(headers.get("authorization")!, "Credential=CANARYID/");
  assertEquals([client.requests, told.bytes, told.successes], [1, 7, 1]);
});

const AWKWARD_KEYS = [
  "a b",
  "a+b",
  "a%b",
  "a%2Fb",
  "a?b#c",
  "a&b=c",
  "!'()*",
  'a"b',
  "a\\b",
  "ü/日本/😀",
  "...",
  "a/.b/c..",
];

for (const key of AWKWARD_KEYS) {
  Deno.test(`get() asks for ${JSON.stringify(key)} and nothing else`, async () => {
    const { client, sent } = clientOf(() => ok());
    await client.get(key);
    const { pathname, search, hash } = sent[0]!.url;
    assertEquals(decodeURIComponent(pathname), `/flatfiles/${key}`);
    assertEquals([search, hash, pathname.includes("+")], ["", "", false]);
  });
}

for (
  const key of ["", "/", "a/", "/a", "a//b", "a/../../other/x", ".", "a\0", "a\r\nb", "a\ud800"]
) {
  Deno.test(`get() refuses the key ${JSON.stringify(key)} unasked`, async () => {
    const { client, sent } = clientOf(() => ok());
    await assertRejects(() => client.get(key), TypeError, "Cannot download");
    assertEquals(sent.length, 0);
  });
}

Deno.test("get() refuses a size that is none or too large, unasked", async () => {
  const { client, sent } = clientOf(() => ok());
  for (const size of [-1, 1.5, NaN, 2 ** 53]) {
    await assertRejects(() => client.get("k", { size }), RangeError);
  }
  await assertRejects(() => client.get("k", { size: 8, maxBytes: 7 }), RangeError);
  assertEquals(sent.length, 0);
});

Deno.test("get() fetches again when the body is short, over-long or of another length", async () => {
  const parts = (...lengths: number[]) =>
    new Response(ReadableStream.from(lengths.map((length) => new Uint8Array(length))));
  const announced = new Response(BYTES, { headers: { "content-length": "6" } });
  const replies = [parts(3), parts(4, 4), announced, parts(), ok()];
  const { client, retries } = clientOf((_, count) => replies[count - 1]!);
  assertEquals((await client.get("k", { size: 7 })).bytes, BYTES);
  assertEquals(retries.map(({ error }) => error.message), [
    'Cannot download "k": received 3 of 7 bytes',
    'Cannot download "k": received more than 7 bytes',
    'Cannot download "k": the server announces 6 of 7 bytes',
    'Cannot download "k": received 0 of 7 bytes',
  ]);
  for (const { error } of retries) assertInstanceOf(error, IntegrityError);
});

Deno.test("get() reads a body of unknown size up to maxBytes", async () => {
  const chunks = Array.from({ length: 50 }, (_, i) => new Uint8Array(5_000).fill(i));
  const { client } = clientOf(() => new Response(ReadableStream.from(chunks)));
  const { bytes } = await client.get("k", { maxBytes: 250_000 });
  assertEquals(bytes.length, 250_000);
  assertEquals(bytes.buffer.byteLength, 250_000);
  assertEquals([bytes[4_999], bytes[5_000], bytes[249_999]], [0, 1, 49]);
  await assertRejects(
    () => client.get("k", { maxBytes: 249_999 }),
    IntegrityError,
    "received more than 249999 bytes",
  );
});

Deno.test("get() fetches again when verify() throws, and gives verify() the ETag", async () => {
  const seen: string[] = [];
  const { client } = clientOf(() => ok());
  const verify = (bytes: Uint8Array, etag: string) => {
    assertEquals(bytes, BYTES);
    if (seen.push(etag) < 3) throw new IntegrityError("bad", { key: "k", check: "md5" });
  };
  await client.get("k", { verify });
  assertEquals(seen, ["e", "e", "e"]);
});

Deno.test("get() does not fetch again what is wrong and has come before, in this call or one before", async () => {
  const { client, sent } = clientOf(() => ok());
  const md5s = ["x", "y", "x", "x", "x"];
  const verify = () => {
    throw new IntegrityError("bad", { key: "k", check: "gzip", md5: md5s.shift() });
  };
  for (const count of [4, 5]) {
    const error = await assertRejects(() => client.get("k", { verify }), IntegrityError);
    assertEquals([error.message, error.check, error.isLasting], ["bad", "gzip", true]);
    assertEquals(sent.length, count);
  }
});

Deno.test("get() does not retry what verify() throws by mistake", async () => {
  const { client, sent } = clientOf(() => ok());
  const verify = () => {
    throw new RangeError("mistake");
  };
  await assertRejects(() => client.get("k", { verify }), RangeError, "mistake");
  assertEquals(sent.length, 1);
});

Deno.test("get() notices a replaced object by 412 or by its ETag, before the body", async () => {
  let cancelled = 0;
  const other = () =>
    new Response(new ReadableStream({ cancel: () => void cancelled++ }), {
      headers: { etag: '"other"' },
    });
  for (const reply of [() => refusal(412, "PreconditionFailed"), other]) {
    const { client, sent } = clientOf(reply);
    const error = await assertRejects(
      () => client.get("k", { size: 7, ifMatch: "e" }),
      ObjectChangedError,
    );
    assertEquals([error.key, sent.length], ["k", 1]);
  }
  assertEquals(cancelled, 1);
});

Deno.test("get() takes an answer without an ETag for the one that was asked for", async () => {
  const { client } = clientOf(() => new Response(BYTES));
  assertEquals((await client.get("k", { ifMatch: "e" })).etag, "e");
  assertEquals((await client.get("k")).etag, "");
});

Deno.test("get() wants no ETag where the listing has none, and takes any form of one", async () => {
  const { client, sent } = clientOf(() => ok("x"));
  assertEquals((await client.get("k", { ifMatch: "" })).etag, "x");
  assertEquals(sent[0]!.headers.has("if-match"), false);
  for (const etag of ['"e"', "e", 'W/"e"', '""', "", ' "e" ']) {
    const { client } = clientOf(() => new Response(BYTES, { headers: { etag } }));
    assertEquals((await client.get("k", { ifMatch: "e" })).bytes, BYTES);
  }
});

Deno.test("get() tells what the server refuses, and retries no 4xx", async () => {
  const date = "Thu, 07 Mar 2024 12:00:00 GMT";
  const { client, sent } = clientOf(() => refusal(403, "AccessDenied", { date }));
  const error = await assertRejects(
    () => client.get("k"),
    S3Error,
    'Cannot download "k": the server answers HTTP 403 AccessDenied',
  );
  const { code, status, key, requestId, serverTimeMs } = error;
  assertEquals([code, status, key, requestId], ["AccessDenied", 403, "k", "R1"]);
  assertEquals(serverTimeMs, Date.parse(date));
  assertEquals(sent.length, 1);
});

Deno.test("get() takes only 200 for an answer", async () => {
  for (const status of [201, 204, 206, 304, 404, 416]) {
    const body = status === 204 || status === 304 ? null : BYTES;
    const { client } = clientOf(() => new Response(body, { status }));
    const error = await assertRejects(() => client.get("k"), S3Error);
    assertEquals([error.code, error.status], [`HTTP ${status}`, status]);
  }
});

Deno.test("get() gives up after six attempts", async () => {
  const { client, sent, retries, told } = clientOf(() => refusal(500, "InternalError"));
  await assertRejects(() => client.get("k"), S3Error, "InternalError");
  assertEquals([sent.length, client.requests, told.successes], [6, 6, 0]);
  assertEquals(retries.map(({ attempt }) => attempt), [1, 2, 3, 4, 5]);
});

Deno.test("get() marks a throttled retry and heeds the server's hint", async () => {
  const { client, retries } = clientOf((_, count) =>
    count > 1 ? ok() : refusal(503, "SlowDown", { "x-amz-retry-after": "3" })
  );
  await client.get("k");
  const [retry] = retries;
  assertEquals([retry!.throttled, retry!.delayMs, retry!.subject], [true, 3, "k"]);
});

Deno.test("S3Client retries no more when its quota is spent, and refills it on success", async () => {
  let broken = true;
  const { client } = clientOf(() => broken ? refusal(500, "InternalError") : ok());
  const fail = () => assertRejects(() => client.get("k"), S3Error);
  for (let i = 0; i < 21; i++) await fail();
  assertEquals(client.requests, 20 * 6 + 1);
  broken = false;
  await client.get("k");
  assertEquals(client.requests, 20 * 6 + 2);

  let flaky = 0;
  const other = clientOf(() => flaky++ % 6 < 5 ? refusal(500, "InternalError") : ok());
  for (let i = 0; i < 40; i++) await other.client.get("k");
  assertEquals(other.client.requests, 240);
});

Deno.test("S3Client learns the server's clock once for all parallel requests", async () => {
  const serverMs = Date.now() + 3 * 3_600_000;
  const date = new Date(serverMs).toUTCString();
  const { client, sent } = clientOf(({ headers }) => {
    const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/
      .exec(headers.get("x-amz-date")!)!.map(Number);
    const signedMs = Date.UTC(y!, mo! - 1, d, h, mi, s);
    const isNear = Math.abs(signedMs - serverMs) < 900_000;
    return isNear ? ok() : refusal(403, "RequestTimeTooSkewed", { date });
  });
  await Promise.all(Array.from({ length: 20 }, (_, i) => client.get(`k${i}`)));
  assertEquals(sent.length, 40);
  await client.get("k");
  assertEquals(sent.length, 41);
});

Deno.test("S3Client gives up when no clock satisfies the server, or it tells none", async () => {
  const date = new Date().toUTCString();
  for (const [headers, requests] of [[{ date }, 6], [{}, 1]] as const) {
    const { client } = clientOf(() => refusal(403, "RequestTimeTooSkewed", headers));
    await assertRejects(() => client.get("k"), S3Error, "RequestTimeTooSkewed");
    assertEquals(client.requests, requests);
  }
});

Deno.test("get() refuses a redirect and names only its host", async () => {
  const location = "https://other.example/flatfiles/k?X-Amz-Credential=CANARYID";
  for (const status of [301, 302, 303, 307, 308]) {
    const { client, sent } = clientOf(() => new Response("x", { status, headers: { location } }));
    const error = await assertRejects(() => client.get("k"), S3Error);
    assertStringIncludes(error.message, 'a redirect to the host "other.example"');
    assert(!error.message.includes("CANARY"));
    assert(sent.every(({ url }) => url.host === "files.test"));
  }
});

// Aborting

Deno.test("get() rejects with the signal's reason, before and while it waits", async () => {
  const reason = new Error("enough");
  const early = clientOf(() => ok());
  const aborted = AbortSignal.abort(reason);
  assertEquals(await early.client.get("k", { signal: aborted }).catch((e) => e), reason);
  assertEquals(early.sent.length, 0);

  const controller = new AbortController();
  const { signal } = controller;
  const late = clientOf(() => {
    queueMicrotask(() => controller.abort(reason));
    return new Promise<Response>(() => {});
  });
  assertEquals(await late.client.get("k", { signal }).catch((e) => e), reason);
  assertEquals([late.retries.length, late.sent.length], [0, 1]);
});

Deno.test("get() rejects with the signal's reason in a body, which it cancels", async () => {
  const controller = new AbortController();
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: () => {
      queueMicrotask(() => controller.abort("enough"));
      return new Promise(() => {});
    },
    cancel: () => void (cancelled = true),
  });
  const { client, retries } = clientOf(() => new Response(body));
  const { signal } = controller;
  assertEquals(await client.get("k", { signal }).catch((e) => e), "enough");
  assertEquals([cancelled, retries.length], [true, 0]);
});

Deno.test("get() rejects with the signal's reason while it backs off", async () => {
  const controller = new AbortController();
  const { client } = clientOf(() => refusal(503, "SlowDown", { "retry-after": "60" }), {
    onRetry: () => queueMicrotask(() => controller.abort("enough")),
  });
  const { signal } = controller;
  assertEquals(await client.get("k", { signal }).catch((e) => e), "enough");
});

Deno.test("an answer that comes after the abort is let go", async () => {
  const controller = new AbortController();
  const late = Promise.withResolvers<Response>();
  const { promise: cancelled, resolve } = Promise.withResolvers<void>();
  const { client } = clientOf(() => {
    queueMicrotask(() => controller.abort("enough"));
    return late.promise;
  });
  const { signal } = controller;
  assertEquals(await client.get("k", { signal }).catch((e) => e), "enough");
  late.resolve(new Response(new ReadableStream({ cancel: () => resolve() })));
  await cancelled;
});

Deno.test("get() leaves nothing on the caller's signal", async () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = function (...args: unknown[]) {
    listeners++;
    Reflect.apply(addEventListener, this, args);
  };
  signal.removeEventListener = function (...args: unknown[]) {
    listeners--;
    Reflect.apply(removeEventListener, this, args);
  };
  const { client } = clientOf((_, count) => count > 2 ? ok() : refusal(500, "InternalError"));
  await client.get("k", { signal });
  assertEquals([listeners, client.requests], [0, 3]);
});

// list()

Deno.test("list() follows pages of any size and keeps the prefix", async () => {
  const pages = [["p/a", "p/b"], [], ["p/c"], ["p/d", "p/e", "p/f"]];
  const { client, sent } = clientOf((_, count) =>
    listing(pages[count - 1]!, count < pages.length ? `t+/=${count}` : "")
  );
  const options = { pageSize: 2, startAfter: "p/0 +" };
  const keys = await Array.fromAsync(client.list("p/", options), ({ key }) => key);
  assertEquals(keys, ["p/a", "p/b", "p/c", "p/d", "p/e", "p/f"]);
  const parameters = sent.map(({ url }) => Object.fromEntries(url.searchParams));
  const common = {
    "list-type": "2",
    "encoding-type": "url",
    prefix: "p/",
    "max-keys": "2",
    "start-after": "p/0 +",
  };
  assertEquals(parameters, [
    common,
    ...[1, 2, 3].map((i) => ({ ...common, "continuation-token": `t+/=${i}` })),
  ]);
  assertEquals(sent[0]!.url.pathname, "/flatfiles");
});

Deno.test("list() begins after a key whatever the server sends, in the order of UTF-8", async () => {
  const keys = ["p/a", "p/\u{1f600}", "p/b", "p/\uffee", "p/\uffef"];
  const { client } = clientOf(() => listing(keys));
  const listed = async (startAfter: string) =>
    await Array.fromAsync(client.list("p/", { startAfter }), ({ key }) => key);
  assertEquals(await listed("p/a"), keys.slice(1));
  assertEquals(await listed("p/\uffee"), ["p/\u{1f600}", "p/\uffef"]);
});

Deno.test("list() refuses what is not well-formed Unicode, unasked", async () => {
  const { client, sent } = clientOf(() => ok());
  const list = (prefix: string, startAfter?: string) =>
    Array.fromAsync(client.list(prefix, { startAfter }));
  const prefix = 'Cannot list "a\\udfff": the prefix "a\\udfff" is not well-formed Unicode';
  await assertRejects(() => list("a\udfff"), TypeError, prefix);
  await assertRejects(() => list("a/", "\ud800b"), TypeError, 'the start-after "\\ud800b" is not');
  assertEquals(sent.length, 0);
});

Deno.test("list() refuses a token that comes twice", async () => {
  const { client, sent } = clientOf((_, count) => listing([`p/${count}`], "same"));
  const error = await assertRejects(() => keysOf(client), IntegrityError, "a page comes twice");
  assertEquals([error.check, sent.length], ["listing", 2]);
});

Deno.test("list() asks again for a page that is damaged or an error within a 200", async () => {
  const replies = [
    () => new Response(errorDocument("InternalError")),
    () => new Response(`\n${errorDocument("SlowDown")}`),
    () => new Response("<ListBucketResult><KeyCount>0"),
    () => listing(["q/other"]),
    () => listing(["p/a"]),
  ];
  const { client, retries } = clientOf((_, count) => replies[count - 1]!());
  assertEquals(await keysOf(client), ["p/a"]);
  assertEquals(
    retries.map(({ throttled, subject }) => [throttled, subject]),
    [[false, "p/"], [true, "p/"], [false, "p/"], [false, "p/"]],
  );
});

Deno.test("list() of a refused bucket fails at once", async () => {
  const { client, sent } = clientOf(() => refusal(403, "AccessDenied"));
  const error = await assertRejects(() => keysOf(client), S3Error, 'Cannot list "p/"');
  assertEquals([error.key, sent.length], [undefined, 1]);
});

Deno.test("list() refuses a page above 8 MiB", async () => {
  const huge = new Uint8Array(8 * 2 ** 20 + 1);
  const { client } = clientOf(() => new Response(huge));
  await assertRejects(() => keysOf(client), IntegrityError, "received more than 8388608 bytes");
});

Deno.test("list() stops asking when its consumer stops", async () => {
  const { client, sent } = clientOf((_, count) => listing([`p/${count}`], `t${count}`));
  for await (const { key } of client.list("p/")) {
    if (key === "p/2") break;
  }
  assertEquals(sent.length, 2);
});

// Secrets

Deno.test("no error repeats a secret that server or platform repeats", async () => {
  const echo = ({ url, headers }: Sent) =>
    [url.href, ...headers.values()].join(" ").replaceAll("&", "&amp;");
  const replies: Reply[] = [
    (sent) =>
      new Response(errorDocument("CANARYID", `<Message>${echo(sent)}</Message>`), {
        status: 403,
        headers: { "x-amz-request-id": "CANARYSECRET" },
      }),
    (sent) => new Response(echo(sent), { status: 500 }),
    (sent) =>
      new Response(
        errorDocument("A", `<RequestId>${sent.headers.get("authorization")}</RequestId>`),
        { status: 400 },
      ),
    (sent) => {
      const cause = new Error(`reset for ${echo(sent)}`);
      throw new TypeError(`error sending request for url (${echo(sent)})`, { cause });
    },
    (sent) =>
      new Response(
        new ReadableStream({ pull: (controller) => controller.error(new TypeError(echo(sent))) }),
      ),
    (sent) => new Response(echo(sent)),
    () => new Response(errorDocument("CANARYID")),
    () => listing(["CANARYID"]),
    () => listing(["p/CANARYID", "q/CANARYID"]),
    (sent) => new Response(null, { status: 302, headers: { location: sent.url.href } }),
  ];
  for (const reply of replies) {
    const { client, retries } = clientOf(reply);
    const errors = [
      await client.get("k", { size: 1 }).catch((error) => error),
      await keysOf(client).catch((error) => error),
      ...retries.map(({ error }) => error),
    ];
    for (const error of errors) {
      assertInstanceOf(error, Error);
      const text = Deno.inspect(error, { depth: 20 }) + JSON.stringify(error) + error.stack;
      assert(!/CANARY|Signature=|X-Amz|list-type/.test(text), text);
    }
  }
});

Deno.test("an error has the server's code, whatever letters a short key has", async () => {
  for (const accessKeyId of ["a", "Key", "Invalid"]) {
    using client = new S3Client({
      endpoint: "https://files.test",
      bucket: "bucket",
      credentials: { accessKeyId, secretAccessKey: "I", sessionToken: "Id" },
      fetch: () => Promise.resolve(refusal(403, "InvalidAccessKeyId")),
    });
    const error = await assertRejects(() => keysOf(client), S3Error);
    assertEquals(error.code, "InvalidAccessKeyId");
  }
});

Deno.test("get() calls a failing fetch a NetworkError and tells a known reason", async () => {
  const cause = new Error("tcp connect error: Connection refused (os error 111)");
  for (const isAsync of [true, false]) {
    const { client, sent } = clientOf(() => {
      const error = new TypeError("error sending request", { cause });
      if (isAsync) return Promise.reject(error);
      throw error;
    });
    const error = await assertRejects(
      () => client.get("k"),
      NetworkError,
      'Cannot download "k": the connection to files.test was refused',
    );
    assertEquals([error.phase, error.timedOut, error.cause], ["headers", false, undefined]);
    assertEquals(sent.length, 6);
  }
});

Deno.test("get() gives up a TLS failure at once, unless the server has answered before", async () => {
  const untrusted = () => {
    const cause = new Error("client error (Connect): invalid peer certificate: UnknownIssuer");
    throw new TypeError("fetch failed", { cause });
  };
  const fresh = clientOf(untrusted);
  await assertRejects(() => fresh.client.get("k"), TlsError, "certificate is not trusted");
  assertEquals(fresh.sent.length, 1);
  // One of several servers has another certificate; the third request asks whether all are so.
  const { client, sent } = clientOf((_, count) => count === 2 ? untrusted() : ok());
  await client.get("k");
  await client.get("l");
  assertEquals(sent.map(({ url }) => url.pathname.slice(-1)), ["k", "l", "k", "l"]);
});

Deno.test("get() tells that a server which answers in plain HTTP wants https", async () => {
  const bodies = [
    "Client sent an HTTP request to an HTTPS server.\n",
    "<html><center>The plain HTTP request was sent to HTTPS port</center></html>",
  ];
  for (const body of bodies) {
    const { client } = clientOf(() => new Response(body, { status: 400 }));
    const message = 'Cannot download "k": the server answers HTTP 400, it wants https';
    assertEquals((await assertRejects(() => client.get("k"), S3Error)).message, message);
  }
});

Deno.test("get() has all its attempts again after an outage, which costs none and no retry", async () => {
  // Of "b" no connection succeeds; "a" is what is asked for each time, in vain only once.
  let failures = 0;
  let isOver = false;
  const told: boolean[] = [];
  const { client, retries } = clientOf(({ url }) => {
    const isAway = failures === 6 && !isOver;
    if (url.pathname.endsWith("b") && failures++ < 11) throw new TypeError("reset");
    if (!isAway) return ok();
    isOver = true;
    throw new TypeError("reset");
  }, { onAway: (isAway) => told.push(isAway) });
  await client.get("a");
  await client.get("b");
  assertEquals(retries.map(({ attempt }) => attempt), [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]);
  assertEquals([failures, told], [12, [true, false]]);
});

Deno.test("expect() refuses what is no list of texts", () => {
  using client = clientOf(() => ok()).client;
  for (const [keys, message] of [["a/b", "a list"], [["a/b", 5], "keys[1]: found 5"]] as const) {
    assertThrows(() => client.expect(keys as unknown as string[]), UsageError, message);
  }
});

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Lock } from "../../lib/cache/lock.ts";
import { LockedError } from "../../lib/errors.ts";
import { byKind, openSymbols } from "../../lib/load/open_symbols.ts";
import { FILES, type OpenRun, withRun } from "./open_run.ts";

const lockOf = ({ directory }: OpenRun, ticker: string) =>
  directory.lockPath(FILES.dataset, ticker);

async function open(run: OpenRun): Promise<string[]> {
  await using stack = new AsyncDisposableStack();
  return (await openSymbols(run.requests, stack, run)).map(({ ticker }) => ticker);
}

Deno.test("openSymbols() gives symbols and families in the order of the request, with what is recorded", async () => {
  await withRun(["TSLA", "AA*", "AAPL"], async (run) => {
    await using stack = new AsyncDisposableStack();
    const all = await openSymbols(run.requests, stack, run);
    assertEquals(all.map(({ ticker }) => ticker), ["TSLA", "AA*", "AAPL"]);
    const { symbols, families } = byKind(all);
    assertEquals(symbols.map(({ symbol }) => symbol), ["TSLA", "AAPL"]);
    assertEquals(families.map(({ symbol }) => symbol), ["AA*"]);
    assertEquals(all.map(({ records }) => records.size), [0, 0, 0]);
  });
});

Deno.test("openSymbols() holds each ticker's lock until the stack is disposed of", async () => {
  await withRun(["TSLA", "AAPL"], async (run) => {
    {
      await using stack = new AsyncDisposableStack();
      await openSymbols(run.requests, stack, run);
      await assertRejects(() => Lock.take(lockOf(run, "AAPL")), LockedError);
    }
    using _lock = await Lock.take(lockOf(run, "AAPL"));
  });
});

Deno.test("openSymbols() takes the locks in one order, whatever the request's is", async () => {
  await withRun(["TSLA", "MSFT", "AAPL"], async (run) => {
    const order: string[] = [];
    for (const held of ["AAPL", "MSFT", "TSLA"]) {
      await run.directory.makeParent(lockOf(run, held));
      using _lock = await Lock.take(lockOf(run, held));
      const error = await assertRejects(() => open(run), LockedError);
      order.push(error.path);
    }
    assertEquals(order, ["AAPL", "MSFT", "TSLA"].map((ticker) => lockOf(run, ticker)));
    await run.directory.makeParent(lockOf(run, "MSFT"));
    using _first = await Lock.take(lockOf(run, "MSFT"));
    using _last = await Lock.take(lockOf(run, "TSLA"));
    const error = await assertRejects(() => open(run), LockedError);
    assertEquals(error.path, lockOf(run, "MSFT"));
  });
});

Deno.test("openSymbols() that fails leaves no lock behind", async () => {
  await withRun(["TSLA", "AAPL"], async (run) => {
    await run.directory.makeParent(lockOf(run, "TSLA"));
    {
      using _lock = await Lock.take(lockOf(run, "TSLA"));
      await assertRejects(() => open(run), LockedError);
    }
    assertEquals(await open(run), ["TSLA", "AAPL"]);
  });
});

Deno.test("openSymbols() says once for whom it waits, and goes on when the lock is free", async () => {
  const { promise: said, resolve } = Promise.withResolvers<void>();
  await withRun(["TSLA"], async (run) => {
    await run.directory.makeParent(lockOf(run, "TSLA"));
    const lock = await Lock.take(lockOf(run, "TSLA"));
    const opened = open(run);
    await said;
    lock[Symbol.dispose]();
    assertEquals(await opened, ["TSLA"]);
    const [message, ...more] = run.events.flatMap((event) =>
      event.type === "notice" ? event.message : []
    );
    assertMatch(message!, /^Waiting for .*, which works on TSLA$/);
    assertEquals(more, []);
  }, { wait: true, reporter: ({ type }) => type === "notice" && resolve() });
});

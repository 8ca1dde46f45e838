import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { WaitingLine } from "../lib/waiting_line.ts";

function lineOf() {
  const left: string[] = [];
  const line = new WaitingLine<string>((value) => void left.push(value));
  const serve = () => {
    const { first } = line;
    line.serveFirst();
    return first;
  };
  return { line, left, serve };
}

Deno.test("WaitingLine serves in the order of coming, without those who left", () => {
  const { line, left, serve } = lineOf();
  const [early, late] = [new AbortController(), new AbortController()];
  line.join("a", early.signal);
  line.join("b");
  line.join("c", late.signal);
  line.join("d", early.signal);
  line.join("e", late.signal);
  assertEquals(line.first, "a");
  early.abort();
  assertEquals(left, ["a", "d"]);
  assertEquals([serve(), serve()], ["b", "c"]);
  late.abort();
  assertEquals([left, serve()], [["a", "d", "e"], undefined]);
});

Deno.test("WaitingLine is as if it kept a plain list", () => {
  const step = fc.oneof(
    fc.record({ join: fc.integer({ min: 0, max: 3 }) }),
    fc.constant("serve" as const),
    fc.record({ abort: fc.integer({ min: 1, max: 3 }) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const { line, left, serve } = lineOf();
    const controllers = [1, 2, 3].map(() => new AbortController());
    let list: { name: string; group: number }[] = [];
    const goneByNow: string[] = [];
    steps.forEach((one, i) => {
      if (one === "serve") return assertEquals(serve(), list.shift()?.name);
      if ("abort" in one) {
        controllers[one.abort - 1]!.abort();
        goneByNow.push(...list.filter(({ group }) => group === one.abort).map(({ name }) => name));
        list = list.filter(({ group }) => group !== one.abort);
        return assertEquals(left, goneByNow);
      }
      const controller = controllers[one.join - 1];
      if (controller?.signal.aborted) return;
      line.join(`${i}`, controller?.signal);
      list.push({ name: `${i}`, group: one.join });
    });
    assertEquals(line.first, list[0]?.name);
  }));
});

Deno.test("WaitingLine has one listener on a signal, and none when nobody waits on it", () => {
  const counted = new CountedSignal();
  const { line, serve } = lineOf();
  for (let i = 0; i < 1_000; i++) line.join(`${i}`, counted.signal);
  assertEquals(counted.listeners, 1);
  while (serve() !== undefined);
  assertEquals(counted.listeners, 0);
});

/** A signal that tells how many listeners it has. */
class CountedSignal {
  readonly signal: AbortSignal = new AbortController().signal;
  listeners = 0;

  constructor() {
    const { signal } = this;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      this.listeners++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      this.listeners--;
      removeEventListener.apply(signal, args);
    };
  }
}

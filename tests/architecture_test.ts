/**
 * Holds the rules of the architecture, and that each refuses what breaks it.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { PURE, RULES, unusedGrants } from "./architecture.ts";
import { readSources } from "./source_reader.ts";
import { files, isSource } from "./sources.ts";

for (const [holds, rule] of Object.entries(RULES)) {
  Deno.test(holds, () => assertEquals(rule(files), []));
}

Deno.test("every grant is needed, and every pure module is there", () => {
  assertEquals(unusedGrants(files), []);
  for (const pattern of PURE) {
    assert(files.some(({ path }) => pattern.test(path)), `${pattern.source} is no file`);
  }
});

/** Code that breaks a rule, by what each refuses in it. */
const BROKEN: Readonly<Record<string, readonly string[]>> = {
  "must not import tests/x.ts": [
    `import { x } from "../../tests/x.ts";`,
    `import type { X } from "../../tests/x.ts";`,
    `let x: import("../../tests/x.ts").X;`,
    `const x: typeof import("../../tests/x.ts") = 1;`,
    `import x from '../../tests/x.ts';`,
    `import "../../tests/x.ts";`,
    `export * from "../../tests/x.ts";`,
    `export * as x from "../../tests/x.ts";`,
    `export { x } from "../../tests/x.ts";`,
    `import { x } from "./../../tests/x.ts";`,
    `import { x } from "../../../../tests/x.ts";`,
    `import { x } from "/tests/x.ts";`,
    `/// <reference path="../../tests/x.ts" />`,
    "const load = () => import(`../../tests/x.ts`);",
    `const load = () => import("../../tests/x.ts");`,
    `const x = new Worker(new URL("../../tests/x.ts", import.meta.url));`,
    `const x = import.meta.resolve("../../tests/x.ts");`,
    `const open = "/*"; import { x } from "../../tests/x.ts"; const close = "*/";`,
  ],
  "must not import fixtures/x.ts": [`import { x } from "../../fixtures/x.ts";`],
  "must not import tools/x.ts": [`import { x } from "../../tools/x.ts";`],
  "must not import deps/x.ts": [`import { x } from "../../deps/x.ts";`],
  "must not import deno.json": [`import x from "../../deno.json" with { type: "json" };`],
  "must not import lib/cli/main.ts": [`import { main } from "../cli/main.ts";`],
  "must not import lib/deps/fast_xml_parser.ts": [`export * from "../deps/fast_xml_parser.ts";`],
  "must not use import(…)": [
    `const load = (path) => import(path);`,
    "const load = (name) => import(`./${name}.ts`);",
  ],
  "must not use import = …": [`import fs = require("node:fs");`],
  "must not use import.meta.url": [`const here = import.meta.url;`],
  "must not use npm:left-pad.default": [`import pad from "npm:left-pad";`],
  "must not use jsr:@std/fs.*": [`import * as fs from "jsr:@std/fs";`],
  "must not use https://x.test/x.ts.x": [`export { x } from "https://x.test/x.ts";`],
  "must not use data:text/javascript,1.*": [`await import("data:text/javascript,1");`],
  "must not use node:process.exit": [
    `import { exit } from "node:process";`,
    `import { exit as end } from 'node:process';`,
    `export { exit } from "node:process";`,
  ],
  "must not use node:process.default": [`import process from "node:process";`],
  "must not use node:process.*": [
    `import * as process from "node:process";`,
    `const { env } = await import("node:process");`,
    `import "node:process";`,
  ],
  "must not use process.exit": [`process.exit(1);`, `process["exit"](1);`],
  "must not use node:fs.writeFileSync": [`import { writeFileSync } from "node:fs";`],
  "must not use node:fs/promises.rm": [`import { rm } from "node:fs/promises";`],
  "must not use node:child_process.spawn": [`import { spawn } from "node:child_process";`],
  "must not use Deno.exit": [`Deno.exit(1);`, `const end = Deno.exit;`, `Deno["exit"](1);`],
  "must not use Deno.env.get": [
    `Deno.env.get("HOME");`,
    `Deno["env"].get("HOME");`,
    "Deno[`env`]?.get('HOME');",
    `const open = "/*"; Deno.env.get("HOME"); const close = "*/";`,
  ],
  "must not use Deno.env": [`const { HOME } = Deno.env;`, `f(Deno.env);`],
  "must not use Deno": [
    `const D = Deno;`,
    `const { env } = Deno;`,
    `f({ Deno });`,
    `(Deno as Runtime).exit();`,
    `declare const Deno: { exit(): void }; f(Deno);`,
  ],
  "must not use Deno[…]": [`Deno[name]();`],
  "must not use globalThis.Deno.exit": [`globalThis.Deno.exit();`],
  "must not use console": [`const { log } = console;`, `const { log } = (console);`],
  "must not use console.log": [`console.log(1);`, `const log = console["log"];`],
  "must not use Deno.stdout.write": [`Deno.stdout.write(bytes);`],
  "must not use Deno.copyFile": [`await Deno.copyFile("a", "b");`],
  "must not use Deno.Command": [`new Deno.Command("ls");`],
  "must not use Deno.makeTempFile": [`Deno.makeTempFile();`],
  "must not use Deno.utime": [`Deno.utime("a", 1, 1);`],
  "must not use Deno.chown": [`Deno.chown("a", 1, 1);`],
  "must not use Deno.kill": [`Deno.kill(1);`],
  "must not use Deno.open": [`Deno.open("a", { write: true });`],
  "must not use Deno.writeTextFile": [`Deno.writeTextFile("a", "b");`],
  "must not use fetch": [`fetch("x");`, `const f = fetch;`, `f({ fetch });`, "(fetch)`x`;"],
  "must not use new WebSocket(…)": [`new WebSocket("ws://x");`],
  "must not use alert": [`alert("x");`],
  "must not use prompt": [`prompt("x");`],
  "must not use eval": [`eval("1");`],
  "must not use new Function(…)": [`new Function("return this")();`],
  "must not use ….constructor": [`(() => {}).constructor("return Deno")();`],
  "must not use import.meta": [`f(import.meta);`],
  "must not use WebSocket": [`class Socket extends WebSocket {}`],
  "must not use Array.constructor": [`Array.constructor("return this")();`],
  "must not use Math.random": [`Math.random();`, `Math["random"]();`],
  "must not use Math": [`const { random } = Math;`, `const M = Math;`],
  "must not use Temporal.Now.instant": [`Temporal.Now.instant();`],
  "must not use Date": [`Date();`, `const D = Date;`, `new (Date)();`],
  "must not use Intl.DateTimeFormat": [`new Intl.DateTimeFormat().format();`],
  "must not use localStorage.x": [`localStorage.x = 1;`],
  "must not use HTTP 404": [
    `if (error instanceof S3Error && error.status === 404) f();`,
    `return [400, 404].includes(error.status);`,
    `const { status } = error; return 404 <= status;`,
    `const KINDS_OF_STATUS = { 404: "missing" };`,
    `switch (error.status) { case 404: f(); }`,
  ],
  "is not pure: lib/market/x.ts has new Date()": [`new Date();`, `new Date;`, `new Date(...[]);`],
  "is not pure: lib/market/x.ts has Date.now": [`Date.now();`],
  "is not pure: lib/market/x.ts has performance.now": [`performance.now();`],
  "is not pure: lib/market/x.ts has setTimeout": [
    `setTimeout(f);`,
    `const { a = setTimeout } = {};`,
  ],
  "is not pure: lib/market/x.ts has crypto.getRandomValues": [`crypto.getRandomValues(bytes);`],
  "is not pure: lib/market/x.ts has Math.random": [`class A { n = Math.random(); }`],
  "is not pure: lib/market/x.ts has node:fs.readFileSync": [
    `import { readFileSync } from "node:fs";`,
  ],
  "is not pure: lib/market/x.ts has node:path.resolve": [`import { resolve } from "node:path";`],
  "is not pure: lib/market/x.ts has Deno.statSync": [`Deno.statSync("x");`],
  "is not pure: lib/market/x.ts has fetch": [`{ const fetch = 1; } fetch("x");`],
  "is not pure: lib/errors.ts has Date.now": [
    `import { AnyError } from "../errors.ts";`,
    `import { type A, AnyError } from "../errors.ts";`,
    `import "../errors.ts";`,
    `export * from "../errors.ts";`,
    `export * as errors from '../errors.ts';`,
    `import errors, { type A } from "../errors.ts";`,
    "const load = () => import(`../errors.ts`);",
  ],
  "circle: lib/market/x.ts → lib/market/x.ts": [`export * from "./x.ts";`],
  "has state": [
    `let count = 0;`,
    `export var count = 0;`,
    `export const cache = new Map();`,
    `const cache: Map<string, string> = new Map();`,
    `const cache = (new WeakMap()) as Cache;`,
    `const view = new Viewer();`,
    `const state = { n: 0 }; export function add() { state.n++; }`,
    `const state = { n: 0 }; const add = () => state["n"] += 1;`,
    `const list = []; function add(x) { list.push(x); }`,
    `const all = { list: [] }; function add(x) { all.list["push"](x); }`,
    `const all = {}; function forget(x) { delete all[x]; }`,
    `const all = {}; function add(x) { Object.assign(all, x); }`,
    `import { all } from "./all.ts"; all.x = 1;`,
    `import * as all from "./all.ts"; function add(x) { all.list.push(x); }`,
    `class Counter { static count = 0; }`,
    `class Counter { static readonly all = new Map(); }`,
    `const Counter = class { static #count = 0; };`,
    `export default new Map();`,
    `export const state = { cache: new Map(), list: [] };`,
    `const state: { all: Map<string, string> } = { all: new Map() };`,
    `const state = { n: 0 }; function set(x) { [state.n] = x; ({ n: state.n } = x); }`,
    `const state = { n: 0 }; function set(x) { for (state.n of x); }`,
    `function next() {} next.count = 0;`,
    `const next = (() => { let n = 0; return () => n++; })();`,
  ],
};

for (const [refusal, snippets] of Object.entries(BROKEN)) {
  Deno.test(`${refusal}`, () => {
    for (const snippet of snippets) {
      const refusals = refusalsOf("lib/market/x.ts", snippet);
      assert(refusals.some((said) => said.includes(refusal)), `${snippet}: ${refusals.join("; ")}`);
    }
  });
}

/** Code that breaks none. */
const GOOD = [
  `import { x } from "./y.ts"; export * from "./z.ts"; const load = () => import("./later.ts");`,
  `import type { A } from "../errors.ts"; import { type B } from "../errors.ts";`,
  `function f(x: Deno.FsFile) {} interface A extends Date { fetch: typeof fetch }`,
  `const fetch = (url) => url; fetch("x");`,
  `function f(a, performance, { Deno: D }) { return performance.now() + D.exit + a.fetch; }`,
  `const at = (text) => new Date(text); if (at instanceof Error) throw new TypeError("fetch() /* Deno.exit");`,
  `const names: ReadonlyMap<string, number> = new Map(); const pattern = /Deno.exit\\(/;`,
  `function f() { let n = 0; const all = new Map(); all.set(n++, 1); return all; }`,
  `// Deno.exit()\n/* fetch() */`,
  `class A extends Error { constructor() { super(new.target.name); } }`,
  `const NONE: Found = { all: new Map(), names: ["a"] }; for (const [a, b] of NONE.all) String(a + b);`,
  `import { crc32 } from "node:zlib"; const sum = Math.max(crc32("x"), Math["min"](1));`,
];

Deno.test("the rules refuse nothing that computes", () => {
  for (const snippet of GOOD) assertEquals(refusalsOf("lib/market/x.ts", snippet), [], snippet);
});

for (const path of ["lib/new/x.ts", "lib/x.ts", "tests/x.ts", "lib/vendor/x.mts", "deps/x.ts"]) {
  Deno.test(`${path} is in no room`, () => {
    assert(refusalsOf(path, "").includes(`${path} is in no room`));
  });
}

Deno.test("sources are all that Deno runs, in whatever folder", () => {
  const names = ["a.ts", "a.tsx", "a.mts", "a.cts", "a.js", "a.jsx", "a.mjs", "a.cjs"];
  for (const name of names) assert(isSource(`lib/market/vendor/${name}`), name);
  for (const path of ["lib/chart/vendor/a.js", "lib/chart/page/page.css"]) assert(!isSource(path));
});

/** What the rules say to a file that stands beside one that reads the clock. */
function refusalsOf(path: string, code: string): string[] {
  const texts = new Map([[path, code], ["lib/errors.ts", "export const now = () => Date.now();"]]);
  return Object.values(RULES).flatMap((rule) => rule(readSources(texts)))
    .filter((said) => said.includes(path));
}

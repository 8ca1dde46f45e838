import { assertEquals, assertThrows } from "@std/assert";
import { readOne, readPage } from "../../lib/adjust/rest_page.ts";

const page = (text: string) => readPage(new TextEncoder().encode(text));

Deno.test("readPage() reads results and where the next page is", () => {
  const row = { ticker: "TSLA" };
  const whole = { status: "OK", request_id: "1", results: [row], next_url: "https://a/b?c=1" };
  assertEquals(page(JSON.stringify(whole)), { results: [row], next: "https://a/b?c=1" });
  for (const next_url of [undefined, null, ""]) {
    assertEquals(page(JSON.stringify({ results: [row], next_url })).next, undefined);
  }
  assertEquals(page('{"status":"DELAYED","results":[]}').results, []);
});

Deno.test("readOne() reads results that are one object, and no others", () => {
  const one = (text: string) => readOne(new TextEncoder().encode(text));
  assertEquals(one('{"status":"OK","results":{"events":[]}}'), { events: [] });
  for (const results of ["[]", "null", "7", '"x"']) {
    const message = "its results are no object";
    assertThrows(() => one(`{"status":"OK","results":${results}}`), SyntaxError, message);
  }
  assertThrows(() => one('{"status":"ERROR","results":{}}'), SyntaxError, "its status is not OK");
  assertThrows(() => one("[]"), SyntaxError, "it is no JSON object");
});

Deno.test("readPage() takes an answer that is OK without results for an empty page", () => {
  assertEquals(page('{"status":"OK","request_id":"1","count":0}').results, []);
  assertEquals(page('{"status":"OK","results":null}').results, []);
});

Deno.test("readPage() refuses what could hide results or is none", () => {
  const rows: [string, string][] = [
    ["", "it is no JSON object"],
    ["null", "it is no JSON object"],
    ["[]", "it is no JSON object"],
    ['{"status":"OK","results":[', "it is no JSON object"],
    ["<html>", "it is a web page"],
    ["{}", "it has no results"],
    ['{"status":"OK","data":[]}', "it has no results"],
    ['{"status":"OK","splits":{}}', "it has no results"],
    ['{"status":"OK","results":{}}', "its results are no array"],
    ['{"status":"NOT_AUTHORIZED","results":[]}', "its status is not OK"],
    ['{"status":7,"results":[]}', "its status is not OK"],
    ['{"results":[],"next_url":7}', "its next_url is no text"],
  ];
  for (const [text, message] of rows) {
    assertEquals(assertThrows(() => page(text), SyntaxError).message, message, text);
  }
  assertThrows(() => readPage(Uint8Array.of(0xff)), SyntaxError, "it is no JSON object");
});

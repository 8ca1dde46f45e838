/**
 * Bars as text: CSV, NDJSON or JSON, in UTF-8.
 *
 * @module
 */

import type { Bar, BarBatches } from "../market/bar.ts";
import { COLUMNS, isoTime, numberText } from "./columns.ts";

/** A form of text in which bars are written. */
export type TextFormat = "csv" | "ndjson" | "json";

/** Bars that are turned into text together. */
const CHUNK_BARS = 1_000;

/** Chunks of a text, each of some thousand lines at most. */
export async function* formatText(
  batches: BarBatches,
  format: TextFormat,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { head, lineOf, between, tail } = FORMS[format];
  const encoder = new TextEncoder();
  let before = head;
  let lines: string[] = [];
  for await (const { symbol, bars } of batches) {
    const line = lineOf(symbol);
    for (const bar of bars) {
      lines.push(line(bar));
      if (lines.length < CHUNK_BARS) continue;
      yield encoder.encode(before + lines.join(between));
      [before, lines] = [between, []];
    }
  }
  const isEmpty = before === head && lines.length === 0;
  const end = (isEmpty ? head : lines.length > 0 ? before : "") + lines.join(between) + tail;
  if (end !== "") yield encoder.encode(end);
}

/** How lines, each with its end, are put together. */
interface TextForm {
  readonly head: string;
  readonly lineOf: (symbol: string) => (bar: Bar) => string;
  readonly between: string;
  readonly tail: string;
}

const FORMS: Readonly<Record<TextFormat, TextForm>> = {
  csv: { head: `${COLUMNS.join(",")}\n`, lineOf: csvLine, between: "", tail: "" },
  ndjson: { head: "", lineOf: ndjsonLine, between: "", tail: "" },
  json: { head: "[", lineOf: jsonLine, between: ",", tail: "\n]\n" },
};

function csvLine(symbol: string): (bar: Bar) => string {
  const name = csvField(symbol);
  return (bar) => `${name},${bar.date},${isoTime(bar.timestamp)},${numbersOf(bar, "").join(",")}\n`;
}

/** A field of RFC 4180: in quotes where it has to be. */
function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function ndjsonLine(symbol: string): (bar: Bar) => string {
  const text = jsonText(symbol);
  return (bar) => `${text(bar)}\n`;
}

function jsonLine(symbol: string): (bar: Bar) => string {
  const text = jsonText(symbol);
  return (bar) => `\n${text(bar)}`;
}

function jsonText(symbol: string): (bar: Bar) => string {
  const start = `{"symbol":${JSON.stringify(symbol)},"date":"`;
  return (bar) => {
    const [open, high, low, close, volume, transactions] = numbersOf(bar, "null");
    return `${start}${bar.date}","timestamp":"${isoTime(bar.timestamp)}","open":${open},` +
      `"high":${high},"low":${low},"close":${close},"volume":${volume},` +
      `"transactions":${transactions}}`;
  };
}

function numbersOf(bar: Bar, missing: string): string[] {
  const { open, high, low, close, volume, transactions } = bar;
  return [open, high, low, close, volume, transactions].map((value) => numberText(value, missing));
}

/**
 * Bars as text: CSV, NDJSON or JSON, in UTF-8, and how that is compressed.
 *
 * @module
 */

import { pipeline } from "node:stream/promises";
import { createGzip, createZstdCompress } from "node:zlib";
import type { Bar, BarBatches } from "../market/bar.ts";
import { type ColumnOptions, isoTime, labelsOf, numberText, outputColumns } from "./columns.ts";
import type { Compression } from "./format.ts";

/** A form of text in which bars are written. */
export type TextFormat = "csv" | "ndjson" | "json";

/** Bars that are turned into text together. */
const CHUNK_BARS = 1_000;

/** Chunks of a text, each of some thousand lines at most. */
export async function* formatText(
  batches: BarBatches,
  format: TextFormat,
  options: ColumnOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { headOf, lineOf, between, tail } = FORMS[format];
  const head = headOf(outputColumns(options));
  const encoder = new TextEncoder();
  let before = head;
  let lines: string[] = [];
  for await (const batch of batches) {
    const line = lineOf(labelsOf(batch, options));
    for (const bar of batch.bars) {
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

/** What is the same for all bars of a batch. */
type Labels = Readonly<Record<string, string>>;

/** How lines, each with its end, are put together. */
interface TextForm {
  readonly headOf: (columns: readonly string[]) => string;
  readonly lineOf: (labels: Labels) => (bar: Bar) => string;
  readonly between: string;
  readonly tail: string;
}

const FORMS: Readonly<Record<TextFormat, TextForm>> = {
  csv: { headOf: (all) => `${all.join(",")}\n`, lineOf: csvLine, between: "", tail: "" },
  ndjson: { headOf: () => "", lineOf: ndjsonLine, between: "", tail: "" },
  json: { headOf: () => "[", lineOf: jsonLine, between: ",", tail: "\n]\n" },
};

function csvLine(labels: Labels): (bar: Bar) => string {
  const name = Object.values(labels).map(csvField).join(",");
  return (bar) => `${name},${bar.date},${isoTime(bar.timestamp)},${numbersOf(bar, "").join(",")}\n`;
}

/** A field of RFC 4180: in quotes where it has to be. */
function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function ndjsonLine(labels: Labels): (bar: Bar) => string {
  const text = jsonText(labels);
  return (bar) => `${text(bar)}\n`;
}

function jsonLine(labels: Labels): (bar: Bar) => string {
  const text = jsonText(labels);
  return (bar) => `\n${text(bar)}`;
}

function jsonText(labels: Labels): (bar: Bar) => string {
  const start = `${JSON.stringify(labels).slice(0, -1)},"date":"`;
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

/** The chunks as one gzip member, or one frame of Zstandard, which every reader takes. */
export async function* compress(
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
  compression: Compression,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const compressor = compression === "gz" ? createGzip() : createZstdCompress();
  // A failure of the chunks destroys the compressor, whose reader gets the failure.
  const fed = pipeline(chunks, compressor).catch(() => {});
  try {
    for await (const chunk of compressor) yield new Uint8Array(chunk);
  } finally {
    compressor.destroy();
    await fed;
  }
}

/**
 * The suffixes of stocks, from yfinance's spelling to the one of the consolidated tape, which
 * is the vendor's.
 *
 * A suffix is a kind of share and a state, of which either may be absent: `-PBWI` is a
 * preferred share of series B, when issued: `pBw`.
 *
 * @see https://www.nasdaqtrader.com/Trader.aspx?id=CQSSymbolConvention for the tape's ("CQS",
 * in which the vendor writes a point for the slash).
 * @module
 */

/** What yfinance, and the exchanges where they differ, write for each kind of share. */
const KINDS: readonly (readonly [suffix: RegExp, tape: (series: string) => string])[] = [
  [/^P([A-Z?]?)$/, (series) => `p${series}`],
  [/^W[TS]([A-Z?]?)$/, (series) => series === "" ? ".WS" : `.WS.${series}`],
  [/^UN?$/, () => ".U"],
  [/^R[IT]$/, () => "r"],
  [/^([A-Z]?)$/, (series) => series && `.${series}`],
];

/** When issued, when distributed, called, convertible. */
const STATES: Readonly<Record<string, string>> = { WI: "w", WD: ".WD", CL: ".CL", CV: ".CV" };

/**
 * The tape's suffix for one in upper case, such as `.WS.A` for `WTA`, whose series may be `?` for
 * any; `undefined` where the
 * table has none, and for the plain class share, which is the same in both.
 */
export function tapeSuffix(suffix: string): string | undefined {
  if (suffix.length === 1 && !/[PU]/.test(suffix)) return undefined;
  const [, kind, state = ""] = /^(.*?)(WI|WD|CL|CV)?$/.exec(suffix)!;
  for (const [pattern, tape] of KINDS) {
    const match = pattern.exec(kind!);
    if (match) return `${tape(match[1] ?? "")}${STATES[state] ?? ""}` || undefined;
  }
}

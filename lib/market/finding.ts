/**
 * A finding: what a user should know about a ticker's files and bars before relying on them.
 *
 * @module
 */

/**
 * How much a finding matters.
 *
 * - `problem`: data are missing or wrong, and another run or another file would mend it.
 * - `warning`: data are missing or odd, and nothing here can mend it.
 * - `note`: an ordinary fact that may surprise.
 */
export type Severity = "problem" | "warning" | "note";

/**
 * What was found.
 *
 * Of files: `not-cached`, `refused` (not cached and not in the plan), `replaced` (cached in
 * another version than the bucket's), `not-listed` (cached, and not in the bucket any more),
 * `unreadable` (the ticker's rows in it), `odd-file` (it has no row, or a line that is none). Of
 * what is cached of a ticker, whatever the date: `damaged`.
 *
 * Of an export's objects: `not-exported` (a flat file is in none), `outdated` (made of another
 * version), `damaged`, `unreadable`, `foreign` (what no export makes), `odd-column` (of another type than in
 * most), `mixed-layouts` and `mixed-tickers` (by another `--by`, `--format` or `--tickers` than
 * most), and `not-listed`.
 *
 * Of the bucket: `begins-late` (its first file is later than the period's first date).
 *
 * Of dates whose file is there: `no-bar` (an ordinary absence), `gap` (more absences in a row
 * than is the ticker's habit), `before-first-bar`, `after-last-bar`, `never` (no file has it).
 *
 * Of bars that contradict themselves or each other: those about a high, a low, a price, a
 * volume, transactions or a stamp.
 *
 * Of prices between two dates: `split-like-jump` (that no applied split explains),
 * `split-without-jump` and `dividend-without-fall` (applied, and the prices do not show it),
 * `split-unchecked` (applied, and no prices are at hand around it),
 * `splits-of-one-date`, `split-corrected` (on demand), `dividends-of-one-date`, `dividend-special`,
 * `dividend-not-applied`, `dividend-close-missing` (the close that its factor is made of),
 * `dividend-factor-differs` (from the vendor's).
 *
 * Of a company's tickers, where they are followed: `ticker-change`, and `ticker-history` where the
 * files say otherwise.
 */
export type FindingKind =
  | "not-cached"
  | "refused"
  | "replaced"
  | "not-listed"
  | "not-exported"
  | "outdated"
  | "damaged"
  | "foreign"
  | "odd-column"
  | "mixed-layouts"
  | "mixed-tickers"
  | "unreadable"
  | "odd-file"
  | "begins-late"
  | "no-bar"
  | "gap"
  | "before-first-bar"
  | "after-last-bar"
  | "never"
  | "high-below-low"
  | "high-below-open-or-close"
  | "low-above-open-or-close"
  | "price-not-positive"
  | "volume-negative"
  | "transactions-negative"
  | "transactions-fractional"
  | "stamp-outside-date"
  | "stamp-repeated"
  | "stamp-unsorted"
  | "split-like-jump"
  | "split-without-jump"
  | "split-unchecked"
  | "splits-of-one-date"
  | "split-corrected"
  | "dividend-without-fall"
  | "dividends-of-one-date"
  | "dividend-special"
  | "dividend-not-applied"
  | "dividend-close-missing"
  | "dividend-factor-differs"
  | "ticker-change"
  | "ticker-history";

/**
 * What mends an object of a place: an export into there, an export once the object is removed, of
 * what no export replaces, that it is removed, or, of what this user may not read, that it is made readable.
 */
export type Remedy = "make-readable" | "export" | "remove-and-export" | "remove";

/** One thing that was found. */
export interface Finding {
  /** What kind of thing it is. */
  readonly kind: FindingKind;
  /** How much it matters. */
  readonly severity: Severity;
  /** The dates that it is about, `YYYY-MM-DD`, ascending. */
  readonly dates: readonly string[];
  /** The key of the file that it is about, where it is about one. */
  readonly key?: string;
  /** The object of the place that it is about, where an export is checked. */
  readonly path?: string;
  /** What mends it, where an export is checked and something does. */
  readonly remedy?: Remedy;
  /** The split that it is about, or that a jump looks like, new shares to old ones: `3:1`. */
  readonly ratio?: string;
  /** Open over the close before, as they were traded, where it is about such a night. */
  readonly priceRatio?: number;
  /** What it is, in words that need the dates beside them. */
  readonly text: string;
}

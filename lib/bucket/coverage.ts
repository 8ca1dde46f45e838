/**
 * Finds with few questions which of a row of files are refused.
 *
 * @module
 */

/** Files in a row that are all refused, or all not. */
export interface CoverageSpan {
  /** Date of the first file, `YYYY-MM-DD`. */
  readonly from: string;
  /** Date of the last file. */
  readonly to: string;
  /** How many files there are, both ends included. */
  readonly files: number;
  /** Whether the account's plan excludes them. */
  readonly refused: boolean;
}

/** What the questions tell. */
export interface Coverage {
  /** Ascending; neighbours differ. */
  readonly spans: readonly CoverageSpan[];
  /** How many files were asked for. */
  readonly asked: number;
}

/**
 * Finds the spans of refused files, whichever side they are on. It asks for the newest file,
 * those 8, 64, 512 and so on before it (plans count back from today), the oldest and those at
 * each quarter; then it halves the way between two neighbours of different answers until it
 * has the very file where they change. What lies between two alike answers is taken to be
 * alike: a span in the middle that none of the first questions meets stays unseen.
 *
 * @param files Ascending by date.
 * @param isRefused May be called for several files at once.
 * @throws what `isRefused` does, once every call of it has ended.
 */
export async function findCoverage<T extends { readonly date: string }>(
  files: readonly T[],
  isRefused: (file: T) => Promise<boolean>,
): Promise<Coverage> {
  const answers = new Map<number, boolean>();
  const ask = async (index: number) => void answers.set(index, await isRefused(files[index]!));
  for (
    let questions = firstQuestions(files.length);
    questions.length > 0;
    questions = undecided(answers)
  ) {
    const asked = await Promise.allSettled(questions.map(ask));
    for (const one of asked) if (one.status === "rejected") throw one.reason;
  }
  return { spans: spansOf(files, answers), asked: answers.size };
}

/** Indices, each once. */
function firstQuestions(count: number): number[] {
  const last = count - 1;
  const indices = [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * last));
  for (let back = 8; back < last; back *= 8) indices.push(last - back);
  return count === 0 ? [] : [...new Set(indices)];
}

/** The middles between neighbours of different answers that are not next to each other. */
function undecided(answers: ReadonlyMap<number, boolean>): number[] {
  const asked = [...answers.keys()].sort((a, b) => a - b);
  return asked.slice(1).flatMap((index, i) => {
    const before = asked[i]!;
    const isDecided = answers.get(before) === answers.get(index) || index - before === 1;
    return isDecided ? [] : [(before + index) >> 1];
  });
}

function spansOf(
  files: readonly { readonly date: string }[],
  answers: ReadonlyMap<number, boolean>,
): CoverageSpan[] {
  const asked = [...answers].sort(([a], [b]) => a - b);
  const starts = asked.filter(([, refused], i) => refused !== asked[i - 1]?.[1]);
  return starts.map(([start, refused], i) => {
    const end = starts[i + 1]?.[0] ?? files.length;
    const [from, to] = [files[start]!.date, files[end - 1]!.date];
    return { from, to, files: end - start, refused };
  });
}

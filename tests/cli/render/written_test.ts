import { assertEquals } from "@std/assert";
import { PLAIN } from "../../../lib/cli/render/style.ts";
import {
  renderDone,
  renderPage,
  renderUnwritten,
  renderWritten,
} from "../../../lib/cli/render/written.ts";

const SIGNS = { signs: true, color: false };

Deno.test("renderWritten() says what is in a file, and in how many of a directory", () => {
  const file = { rows: 1, bytes: 98 };
  assertEquals(renderWritten("a.csv", file, SIGNS), "💾 Wrote a.csv: 1 row, 98 B");
  assertEquals(renderWritten("dir", [file], PLAIN), "Wrote 1 file to dir: 1 row, 98 B");
  const files = [file, { rows: 1_254, bytes: 98_002 }];
  assertEquals(renderWritten("dir", files, PLAIN), "Wrote 2 files to dir: 1255 rows, 98.1 kB");
  assertEquals(
    renderPage("a\x1b[2J.html", file, PLAIN),
    "Wrote a\\u{1b}[2J.html: 1 row, 98 B; open it in a browser",
  );
  assertEquals(renderUnwritten("a.csv", SIGNS), "📌 Wrote nothing to a.csv: there are no bars");
});

Deno.test("renderDone() says where the files are from, and what is missing", () => {
  const none = {
    recorded: 0,
    fromStore: 0,
    fromLake: 0,
    downloaded: 0,
    failed: 0,
    refused: 0,
    md5Checked: 0,
  };
  const done = (of: Partial<typeof none>, { bytes = 0, complete = true, ms = 61_000 } = {}) => {
    const files = { ...none, listed: 10, ...of };
    return renderDone({ files, bytesDownloaded: bytes, complete }, ms, PLAIN);
  };
  assertEquals(
    done({ downloaded: 10 }, { bytes: 2_000 }),
    "Done: 10 files, 2 kB downloaded in 1m 01s",
  );
  assertEquals(
    done({ recorded: 10 }, { ms: 4 }),
    "Done: 10 files (all cached), 0 B downloaded in 0.1s",
  );
  assertEquals(done({ fromStore: 10 }), "Done: 10 files (all kept), 0 B downloaded in 1m 01s");
  assertEquals(
    done({ recorded: 3, fromStore: 2, failed: 2, refused: 2, downloaded: 1 }, {
      bytes: 7,
      complete: false,
    }),
    "Ended: 10 files (3 cached, 2 kept, 4 missing), 7 B downloaded in 1m 01s",
  );
});

import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { stringWidth } from "../../deps/string_width.ts";
import { renderChart } from "../../../lib/cli/chart/render_chart.ts";
import { PLAIN } from "../../../lib/cli/render/style.ts";
import type { Bar } from "../../../mod.ts";
import { day, zigzag } from "./bars.ts";
import { shareOf } from "../../share.ts";

const SIGNS = { signs: true, color: false };
const COLORS = { signs: true, color: true };

const tsla = (bars: readonly Bar[]) => ({ symbol: "TSLA", bars, interval: "1d" });

Deno.test("renderChart() draws a candle a column, thin when it rises and thick when it falls", () => {
  assertEquals(renderChart(tsla(zigzag(30)), { width: 60, height: 18, style: SIGNS }), [
    "TSLA  2024-01-01 to 2024-01-30, 1d  110.00  ▲ +10.0%",
    "┃ up  █ down  volume up to 8K",
    "                        ╽▄     │",
    "                      ╷╽┃█▄    │",
    "         ╽▄          ╷┃╿ ╵█╷   ┤ 120.00",
    "        ╽┃█╷        ╷┃╿   ▀█   │",
    "      ╷╽┃╵▀█╷      ╻┃╿     █▄  │",
    "     ╷┃╿   ▀█     ╽┃╵       █▄ │",
    "    ╷┃╿     █▄   ╽┃╵        ╵█ │",
    "   ╽┃╹      ╵█▄╷┃╿╵          ▀ ◀ 110.00",
    "  ╽┃╵        ╵█┃╿              │",
    " ╽┃╵          ▀╿               │",
    "┃╿╵                            │",
    "╿                              ┤ 100.00",
    "    ▂▄▆█    ▂▄▆█    ▂▄▆█    ▂▄ │",
    "▂▄▆█████▂▄▆█████▂▄▆█████▂▄▆███ │",
    "┬──────┬──────┬──────┬──────┬──┘",
    "Jan 1  Jan 8  Jan 15 Jan 22 Jan 29",
  ]);
});

Deno.test("renderChart() spreads few bars", () => {
  const bars = [day(0, [10, 14]), day(1, [14, 12]), day(2, [12, 12]), day(3, [12, 18])];
  assertEquals(renderChart(tsla(bars), { width: 40, height: 16, style: SIGNS }), [
    "TSLA  18.00  ▲ +8.00 (+80.0%)",
    "┃ up  █ down  volume up to 100",
    "                        │ │",
    "                        ┃ ◀ 18.00",
    "                        ┃ │",
    "                        ┃ │",
    "│       │               ┃ ┤ 15.00",
    "┃       █       ╷       ┃ │",
    "┃       █       ╽       ┃ ┤ 12.50",
    "┃       │       │       │ │",
    "┃                         ┤ 10.00",
    "│                         │",
    "█       █       █       █ │",
    "█       █       █       █ │",
    "┬───────┬───────┬───────┬─┘",
    "Jan 1   Jan 2   Jan 3   Jan 4",
  ]);
});

Deno.test("renderChart() without signs is ASCII", () => {
  assertEquals(renderChart(tsla(zigzag(30)), { width: 60, height: 16, style: PLAIN }), [
    "TSLA  2024-01-01 to 2024-01-30, 1d  110.00  +10.00 (+10.0%)",
    "o up  # down  volume up to 8K",
    "                        o#     |",
    "                      |oo##    |",
    "        |o#          ooo |##   + 120.00",
    "       ooo##       |oo|   |##  |",
    "     |oo|  ##     ooo      |## |",
    "    ooo     ##  |oo|        |# < 110.00",
    "  |oo|       ##ooo           | |",
    " ooo          #o|              |",
    "oo|                            |",
    "o                              + 100.00",
    "    .::#    .::#    .::#    .: |",
    ".::#####.::#####.::#####.::### |",
    "+------+------+------+------+--+",
    "Jan 1  Jan 8  Jan 15 Jan 22 Jan 29",
  ]);
  for (const kind of ["candles", "line"] as const) {
    for (let width = 1; width <= 120; width++) {
      const chart = { ...tsla(zigzag(70)), kind };
      const text = renderChart(chart, { width, height: 20, style: PLAIN }).join("\n");
      assertMatch(text, /^[ -~\n]*$/);
    }
  }
});

Deno.test("renderChart() groups bars where there are more than columns", () => {
  assertEquals(renderChart(tsla(zigzag(250)), { width: 40, height: 12, style: SIGNS }), [
    "TSLA  200.00  ▲ +100.00 (+100.0%)",
    "                        ╷╻▄┃ ◀ 200.00",
    "                    ╻▄╽╻▄┃▀╹ │",
    "               ╷╷╽╻▄┃▀╿│▀╹   │",
    "           ╷╷╻▄┃█┃│▀╹        │",
    "       ╷╻▄┃█┃╿▀╹╵            ┤ 150.00",
    "  ╷╷│┃█┃╿▀╿╵                 │",
    "┃█┃╿█┃╵                      │",
    "┃╵ ╵                         ┤ 100.00",
    "▇▇▇▇▇███▇▇▇▇▇███▇▇▇▇▇███▇▇▇▆ │",
    "┬──────────┬─────────┬───────┘",
    "Jan        Apr       Jul",
  ]);
});

Deno.test("renderChart() joins the closes to a line", () => {
  const chart = { ...tsla(zigzag(60)), kind: "line" } as const;
  assertEquals(renderChart(chart, { width: 60, height: 14, style: SIGNS }), [
    "TSLA  2024-01-01 to 2024-02-29, 1d  120.00  ▲ +20.0%",
    "                          ⢠⢳   │",
    "                   ⢠⡀    ⢀⠎⠈⡆  ┤ 130.00",
    "                  ⢀⠇⢣    ⡎  ⢸  │",
    "           ⢠⢳    ⢀⠎ ⠘⡄  ⡜    ⢇ │",
    "    ⢠⡀    ⢀⠎ ⡇   ⡜   ⢣ ⡰⠁    ⠸ ◀ 120.00",
    "   ⢠⠃⢣    ⡎  ⠸⡀ ⡜    ⠈⣶⠁       │",
    "  ⢀⠎ ⠘⡄  ⡜    ⢇⡰⠁     ⠁        │",
    "  ⡜   ⢱ ⡸     ⠸⠃               ┤ 110.00",
    " ⡜    ⠈⡶⠁                      │",
    "⡰⠁                             │",
    "▂▄▆█▂▄▆█▂▄▆█▂▄▆█▂▄▆█▂▄▆█▂▄▆█▂▄ │",
    "┬──────┬──────┬──────┬──────┬──┘",
    "Jan 1  Jan 15 Jan 29 Feb 12 Feb 26",
  ]);
});

Deno.test("renderChart() labels bars shorter than a day by the exchange's clock", () => {
  const opening = Date.parse("2024-03-07T14:30:00Z");
  const bars = zigzag(39).map((bar, i) => ({
    ...bar,
    date: "2024-03-07",
    timestamp: opening + i * 600_000,
    volume: null,
  }));
  const chart = { ...tsla(bars), interval: "10m", timeZone: "America/New_York" };
  assertEquals(renderChart(chart, { width: 60, height: 12, style: SIGNS }), [
    "TSLA  2024-03-07 to 2024-03-07, 10m  128.00  ▲ +28.0%",
    "                                     ╷╽ ◀ 128.00",
    "                       ╻┃█╷        ╷╽┃╹ │",
    "         ╻▄          ╷╽┃╵▀█╷      ╻┃╿   ┤ 120.00",
    "       ╻┃╿█▄       ╷╽┃╹   ▀█▄   ╻┃╿╵    │",
    "     ╷╽┃╵  █▄     ╻┃╿      ╵█▄╷╽┃╵      │",
    "   ╷╽┃╹     ▀█╷ ╻┃╿╵        ╵█┃╹        ┤ 110.00",
    "  ╽┃╹        ▀█┃╿╵                      │",
    "╻┃╿╵          ▀╹                        │",
    "╿╵                                      ┤ 100.00",
    "───┬─────┬─────┬─────┬─────┬─────┬──────┘",
    "   10:00 11:00 12:00 13:00 14:00 15:00",
  ]);
});

const SIZES = [[80, 24], [200, 60], [40, 12], [120, 40], [24, 9]] as const;

const WIDTHS = Array.from({ length: 130 }, (_, i) => i + 1);

Deno.test("renderChart() exceeds no width and no height", () => {
  const few = [1, 2, 5, 60, 500].map(zigzag);
  for (const bars of [...few, [day(0, [1e9, 2e9])], [day(0, [5.2e-7, 5.3e-7], null)]]) {
    for (const kind of ["candles", "line"] as const) {
      for (const style of [SIGNS, PLAIN]) {
        for (const width of shareOf(WIDTHS, 5)) {
          for (const height of [1, 2, 5, 7, 8, 10, 16, 24, 60]) {
            const lines = renderChart({ ...tsla(bars), kind }, { width, height, style });
            assertLessOrEqual(lines.length, height);
            for (const line of lines) assertLessOrEqual(stringWidth(line), width, line);
            for (const line of lines) assertEquals(line, line.trimEnd());
          }
        }
      }
    }
  }
});

Deno.test("renderChart() uses every line that it is given", () => {
  for (const [width, height] of SIZES) {
    const lines = renderChart(tsla(zigzag(250)), { width, height, style: SIGNS });
    assertEquals(lines.length, height);
  }
});

Deno.test("renderChart() shows the last price at its row", () => {
  for (const count of [1, 3, 37, 250, 1255]) {
    const bars = zigzag(count);
    for (const [width, height] of SIZES) {
      for (const kind of ["candles", "line"] as const) {
        const lines = renderChart({ ...tsla(bars), kind }, { width, height, style: SIGNS });
        const marked = lines.filter((line) => line.includes("◀"));
        assertEquals(marked.length, 1);
        assert(marked[0]!.endsWith(`◀ ${bars.at(-1)!.close.toFixed(2).padStart(6)}`), marked[0]);
      }
    }
  }
});

Deno.test("renderChart() colors change no text", () => {
  for (const kind of ["candles", "line"] as const) {
    const chart = { ...tsla(zigzag(90)), kind };
    const [plain, colored] = [SIGNS, COLORS].map((style) =>
      renderChart(chart, { width: 80, height: 24, style }).join("\n")
    );
    assertStringIncludes(colored!, "\x1b[38;5;33m");
    assertEquals(colored!.replaceAll(/\p{Cc}\[[\d;]+m/gu, ""), plain);
  }
});

Deno.test("renderChart() leaves the volume of an index away", () => {
  const bars = zigzag(20).map((bar) => ({ ...bar, volume: null }));
  const text = renderChart(tsla(bars), { width: 80, height: 24, style: SIGNS }).join("\n");
  assert(!/volume|▂/.test(text), text);
});

Deno.test("renderChart() says when there is no bar", () => {
  assertEquals(renderChart(tsla([]), { width: 80, height: 24, style: SIGNS }), ["TSLA  no bars"]);
});

Deno.test("renderChart() lets no symbol steer the terminal", () => {
  const chart = { ...tsla(zigzag(9)), symbol: "A\x1b[2J\nB" };
  const text = renderChart(chart, { width: 80, height: 24, style: SIGNS }).join("\n");
  assert(!text.includes("\x1b"), text);
});

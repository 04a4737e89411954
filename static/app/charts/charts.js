// Turns each figure of templates/reports/boards/_chart.html into a chart. What it shows stands in a JSON block beside
// it, with the texts as they are printed; numbers only place the marks. Series differ by symbol, dash or pattern, not
// by colour alone.
import * as echarts from "../../echarts/echarts.esm.min.js";

const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const tokens = getComputedStyle(document.documentElement);
const token = (name) => tokens.getPropertyValue(`--${name}`).trim();
const INK = token("ink");
const MUTED = token("muted");
const LINE = token("line");
const PAPER = token("paper");
const GROUND = token("ground");
const COLOURS = ["chart-1", "chart-2", "chart-3", "chart-4", "chart-5", "chart-6"].map(token);
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "emptyCircle", "emptyRect"];
const DASHES = ["solid", "dashed", "dotted", [8, 3, 2, 3], [2, 2], [12, 4]];
const ROW = 26; // px of a row of dots or bars

const number = (text) => (text === null ? null : Number(text));
const values = (line) => line.values.map(number);
const text = (chart, line, index) =>
  (chart.lines[line].texts[index] || "–") + (chart.lines[line].texts[index] ? chart.unit : "");
const font = { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12, color: INK };
const isPresenting = () => document.documentElement.classList.contains("presenting");

// The tooltip is drawn, not HTML: the content security policy allows no styles in what a script writes.
function frame(chart) {
  return {
    animation: !still.matches,
    animationDuration: 300,
    aria: {
      enabled: true,
      label: { enabled: false },
      decal: { show: chart.kind === "bars" && chart.lines.length > 1 },
    },
    color: COLOURS,
    textStyle: font,
    legend: chart.lines.length > 1
      ? { type: "scroll", top: 0, left: 0, itemWidth: 28, itemGap: 16, textStyle: { ...font } }
      : { show: false },
    tooltip: {
      renderMode: "richText",
      confine: true,
      backgroundColor: PAPER,
      borderColor: LINE,
      textStyle: { ...font },
      padding: 8,
    },
  };
}

const said = (chart, index) =>
  [
    chart.names[index],
    ...chart.lines.map((line, at) => `${chart.lines.length > 1 ? `${line.name}  ` : ""}${text(chart, at, index)}`),
  ].join("\n");

// Rates lie close together under 100 %; an amount is seen from zero.
const valueAxis = (chart) => ({
  type: "value",
  scale: chart.kind !== "bars" && chart.unit === "%",
  axisLabel: { ...font, color: MUTED },
  splitLine: { lineStyle: { color: LINE } },
  axisLine: { show: false },
  axisTick: { show: false },
  ...(chart.kind !== "bars" && chart.unit === "%"
    ? { max: (range) => (range.min >= 0 && range.max <= 100 ? 100 : null) }
    : {}),
});
const nameAxis = (chart, more) => ({
  type: "category",
  data: chart.names,
  axisLabel: { ...font, ...more },
  axisTick: { show: false },
  axisLine: { onZero: false, lineStyle: { color: LINE } },
});

function target(chart, axis) {
  if (chart.target === null) return {};
  return {
    markLine: {
      silent: true,
      symbol: "none",
      data: [{ [axis]: Number(chart.target) }],
      lineStyle: { color: INK, type: "dashed", width: 1 },
      label: { formatter: chart.target_text, position: axis === "yAxis" ? "insideEndTop" : "end", ...font },
      animation: false,
    },
  };
}

function lines(chart) {
  return {
    ...frame(chart),
    grid: { left: 4, right: 16, top: chart.lines.length > 1 ? 40 : 20, bottom: 4, containLabel: true },
    xAxis: { ...nameAxis(chart, { hideOverlap: true }), boundaryGap: true },
    yAxis: valueAxis(chart),
    tooltip: { ...frame(chart).tooltip, trigger: "axis", formatter: ([first]) => said(chart, first.dataIndex) },
    series: chart.lines.map((line, at) => ({
      type: "line",
      name: line.name,
      data: values(line),
      symbol: SYMBOLS[at % SYMBOLS.length],
      symbolSize: 8,
      showAllSymbol: true,
      lineStyle: { width: 2, type: DASHES[at % DASHES.length] },
      ...(at === 0 ? target(chart, "yAxis") : {}),
      label: {
        show: chart.lines.length === 1 && chart.names.length <= 8,
        position: "top",
        ...font,
        formatter: (point) => line.texts[point.dataIndex],
      },
    })),
  };
}

function bars(chart) {
  return {
    ...frame(chart),
    grid: { left: 4, right: 56, top: chart.lines.length > 1 ? 36 : 4, bottom: 4, containLabel: true },
    xAxis: valueAxis(chart),
    yAxis: { ...nameAxis(chart, { interval: 0, width: 12 * font.fontSize, overflow: "truncate" }), inverse: true },
    tooltip: {
      ...frame(chart).tooltip,
      trigger: "axis",
      axisPointer: { type: "shadow" },
      formatter: ([first]) => said(chart, first.dataIndex),
    },
    series: chart.lines.map((line, at) => ({
      type: "bar",
      name: line.name,
      data: values(line),
      barMaxWidth: 16,
      barGap: "10%",
      ...(at === 0 ? target(chart, "xAxis") : {}),
      label: { show: true, position: "right", ...font, formatter: (bar) => line.texts[bar.dataIndex] },
    })),
  };
}

// One row a name, one symbol a series: small differences near 100 % that bars would hide. The first series is filled.
function dots(chart) {
  return {
    ...frame(chart),
    legend: { ...frame(chart).legend, itemWidth: 14 },
    grid: { left: 4, right: 20, top: 36, bottom: 4, containLabel: true },
    xAxis: { ...valueAxis(chart), splitNumber: 4 },
    yAxis: {
      ...nameAxis(chart, { interval: 0, width: 11 * font.fontSize, overflow: "truncate" }),
      inverse: true,
      splitLine: { show: true, lineStyle: { color: GROUND } },
    },
    tooltip: { ...frame(chart).tooltip, trigger: "item", formatter: (dot) => said(chart, dot.dataIndex) },
    series: chart.lines.map((line, at) => ({
      type: "scatter",
      name: line.name,
      data: values(line).map((value, row) => (value === null ? "-" : [value, row])),
      symbolSize: font.fontSize - (at ? 1 : 0),
      symbol: at ? `empty${["Rect", "Triangle", "Diamond", "Circle"][(at - 1) % 4]}` : "circle",
      z: chart.lines.length - at + 2,
      itemStyle: at ? { borderWidth: 2 } : {},
    })),
  };
}

const OPTIONS = { line: lines, bars, dots };
const HEIGHT = {
  line: () => 260,
  bars: (chart) => 24 + chart.names.length * (8 + ROW * 0.75 * chart.lines.length),
  dots: (chart) => 72 + chart.names.length * ROW,
};

function draw(figure) {
  const chart = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  const box = figure.querySelector(".chart");
  const drawn = echarts.init(box, null, { renderer: "canvas", devicePixelRatio: Math.max(2, window.devicePixelRatio) });
  // On a wall screen it fills what the words leave of the height, in larger letters.
  const show = () => {
    font.fontSize = isPresenting() ? Math.max(16, window.innerWidth / 90) : 12;
    box.style.height = isPresenting() ? "66vh" : `${HEIGHT[chart.kind](chart)}px`;
    drawn.setOption(OPTIONS[chart.kind](chart), true);
    drawn.resize();
  };
  box.hidden = false;
  show();
  new ResizeObserver(() => drawn.resize()).observe(box);
  still.addEventListener("change", show);
  document.addEventListener("presenting", show);
  figure.querySelector("details").open = false;
}

document.querySelectorAll(".chart-figure").forEach(draw);
document.documentElement.dataset.charts = "drawn";

// A page on paper has room for the numbers, and nobody to open them.
window.addEventListener("beforeprint", () =>
  document.querySelectorAll(".chart-figure details").forEach((table) => {
    table.open = true;
  }));

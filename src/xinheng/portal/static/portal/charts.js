// Draws each table of counts as bars, from the figures that are in the table already: the picture adds nothing to it.
const ROW_HEIGHT = 2.1; // in rem, so that large print gets taller bars
const LINE_HEIGHT = 1.2; // of each further line of a label
const AXIS_HEIGHT = 3;
const NARROW = 36; // in rem: below this a label gets a third of the width
const SHORT = 8; // characters that fit in it

function rem() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize);
}

// The library cuts a long label off where it has little room; broken into lines it is whole.
function lines(label, box) {
  const most = box.clientWidth < NARROW * rem() ? SHORT : label.length;
  return label.length > most ? label.match(new RegExp(`.{1,${Math.ceil(label.length / Math.ceil(label.length / most))}}`, "gu")) : label;
}

function draw(box) {
  const rows = [...document.getElementById(box.dataset.chart).querySelectorAll("tr[data-total]")];
  const style = getComputedStyle(box);
  const text = style.color;
  const grid = style.getPropertyValue("--chart-grid").trim();
  const ticks = { color: text, font: { family: style.fontFamily, size: 0.9375 * rem() } };
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", box.dataset.label);
  box.replaceChildren(canvas);
  box.hidden = false;
  const labels = rows.map((row) => lines(row.querySelector("th").textContent.trim(), box));
  const tallest = Math.max(...labels.map((label) => (Array.isArray(label) ? label.length : 1)));
  box.style.height = `${(rows.length * (ROW_HEIGHT + (tallest - 1) * LINE_HEIGHT) + AXIS_HEIGHT) * rem()}px`;
  return new Chart(canvas, {
    type: "bar",
    data: {
      labels,
      datasets: [
        {
          data: rows.map((row) => Number(row.dataset.total)),
          backgroundColor: style.getPropertyValue("--chart-bar").trim(),
          barPercentage: 0.75,
          maxBarThickness: 1.5 * rem(),
        },
      ],
    },
    options: {
      animation: false,
      indexAxis: "y",
      maintainAspectRatio: false,
      plugins: { legend: { display: false }, tooltip: { displayColors: false } },
      scales: {
        x: { beginAtZero: true, ticks: { ...ticks, precision: 0, maxTicksLimit: 6, maxRotation: 0 }, grid: { color: grid } },
        y: { ticks: { ...ticks, autoSkip: false }, grid: { display: false } },
      },
    },
  });
}

document.querySelectorAll("[data-chart]").forEach(draw);

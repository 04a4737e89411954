// Heights that the style sheet cannot know, what the person chose of the look, and the legend.
import { byId, form } from "./page.js";

// Tables out of sight are not laid out yet; for scrolling they count as high as their rows are likely to be.
export function estimateHeights() {
  const [first, ...others] = form.querySelectorAll(".scroll");
  const rows = (box) => box.querySelectorAll("tr").length;
  const height = others.length && first.offsetHeight / rows(first);
  for (const box of others) box.style.containIntrinsicBlockSize = `auto ${Math.round(height * rows(box))}px`;
}

// The line under the title may wrap; table heads stick below it.
export function followLineHeight() {
  const observer = new ResizeObserver(([line]) => {
    form.style.setProperty("--line-height", `${line.target.offsetHeight}px`);
  });
  observer.observe(form.querySelector(".sheet-line"));
}

export function rememberPreferences() {
  for (const id of ["enter-moves", "density"]) {
    const select = byId(id);
    const name = `zhibao:${form.dataset.person}:${id}`;
    const apply = () => {
      form.dataset[select.name] = select.value;
    };
    select.value = localStorage.getItem(name) ?? select.value;
    select.addEventListener("change", () => {
      localStorage.setItem(name, select.value);
      apply();
    });
    apply();
  }
}

export function closeLegend() {
  const legend = form.querySelector(".legend");
  document.addEventListener("click", (event) => {
    if (!legend.contains(event.target)) legend.open = false;
  });
}

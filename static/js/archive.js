// @ts-check
/** The filters stand open beside the results where there is room, and wait behind a line on a phone. */
const filters = document.querySelector("details.facets");
const wide = matchMedia("(min-width: 900px)");

function fit() {
  if (filters instanceof HTMLDetailsElement) filters.open = wide.matches;
}

wide.addEventListener("change", fit);
fit();

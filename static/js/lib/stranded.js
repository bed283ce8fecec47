// @ts-check
/**
 * Answers to those who have left the page. htmx tells everything by way of the element that asked; when a frame has
 * written its card anew meanwhile, another card is open or its toast has gone, nobody would hear that it was done,
 * refused or lost. So the asker comes back into the document as long as its answer is told: unseen, and in a shadow, where
 * its names and fields don't mix with those of the page.
 */
document.addEventListener("htmx:beforeRequest", (event) => {
  /** @type {{elt: Element, xhr: XMLHttpRequest}} */
  const { elt, xhr } = /** @type {CustomEvent} */ (event).detail;
  // Before "load", "error" and "timeout", which htmx listens to.
  xhr.addEventListener("readystatechange", () => {
    if (xhr.readyState !== XMLHttpRequest.DONE || elt.isConnected) return;
    const shelter = document.createElement("div");
    shelter.hidden = true;
    shelter.attachShadow({ mode: "open" }).append(elt.getRootNode());
    document.body.append(shelter);
    xhr.addEventListener("loadend", () => shelter.remove(), { once: true });
  });
});

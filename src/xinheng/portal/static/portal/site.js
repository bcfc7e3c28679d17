// Reading and searching need no script. This file only opens folded parts for printing, so that paper hides nothing.
window.addEventListener("beforeprint", () => {
  document.querySelectorAll("details:not([open])").forEach((part) => {
    part.dataset.openedForPrint = "";
    part.open = true;
  });
});
window.addEventListener("afterprint", () => {
  document.querySelectorAll("details[data-opened-for-print]").forEach((part) => {
    delete part.dataset.openedForPrint;
    part.open = false;
  });
});

// A print button is of use only where a script can print.
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

/* The check page of an entry grid: what is confirmed need not be kept in this browser any longer. */
(function () {
  "use strict";
  var form = document.getElementById("entry-check");
  form.addEventListener("submit", function (event) {
    if (!event.submitter || event.submitter.name !== "confirmed") return;
    try { localStorage.removeItem("codi:entry:" + form.dataset.owner + ":" + location.pathname); } catch (closed) { /* nothing was kept */ }
  });
})();

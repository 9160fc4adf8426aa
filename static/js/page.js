/* Small comforts on top of pages that work without them. */
(function () {
  "use strict";

  function focusErrors(root) {
    var summary = root.querySelector("#error-summary");
    if (summary) summary.focus();
  }

  function foldNavigation() {
    var toggle = document.querySelector(".nav-toggle");
    var nav = document.getElementById("site-nav");
    if (!toggle) return;
    if (!nav) { toggle.hidden = true; return; }
    toggle.addEventListener("click", function () {
      var open = nav.classList.toggle("is-open");
      toggle.setAttribute("aria-expanded", String(open));
    });
  }

  function closeUserMenu() {
    var menu = document.querySelector(".user-menu");
    if (!menu) return;
    document.addEventListener("click", function (event) {
      if (!menu.contains(event.target)) menu.open = false;
    });
    menu.addEventListener("keydown", function (event) {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  }

  /* A second press of the same button sends nothing; the server keeps a one-time key as well. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
  });

  /* What this person typed stays in this browser no longer than the login. */
  document.addEventListener("submit", function (event) {
    var owned = event.target.dataset.forget;
    if (!owned) return;
    Object.keys(localStorage).forEach(function (key) {
      if (owned.split(" ").some(function (start) { return key.indexOf(start) === 0; })) localStorage.removeItem(key);
    });
  });

  /* Coming back with the browser's button finds the form ready again. */
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll("[aria-busy]").forEach(function (button) { button.removeAttribute("aria-busy"); });
    });
  });

  /* The focus goes to the toast that is left, else to the content, and never back to the top. */
  function closeToast(toast) {
    var next = toast.nextElementSibling || toast.previousElementSibling;
    toast.remove();
    (next ? next.querySelector("[data-close]") : document.getElementById("main")).focus({ preventScroll: true });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-print]");
    if (button) window.print();
    var close = event.target.closest("[data-close]");
    if (close) closeToast(close.closest(".toast-act"));
  });

  /* The list's form sends the order too: it is one sender, so that a search and an order wait for
     each other, neither answer overtakes the other, and each request holds both. */
  document.addEventListener("click", function (event) {
    var link = event.target.closest("[data-sort]");
    var form = document.getElementById("list-form");
    if (!link || !form || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    form.elements.sort.value = link.dataset.sort;
    form.requestSubmit();
  });

  document.addEventListener("htmx:afterSwap", function (event) { focusErrors(event.target); });
  foldNavigation();
  closeUserMenu();
  focusErrors(document);
})();

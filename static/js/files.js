/* Files are sent one by one with their progress; without this script the form sends them all. */
(function () {
  "use strict";
  if (window.filesReady) return;
  window.filesReady = true;

  function element(tag, className, text) {
    var made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function size(bytes) {
    if (bytes < 1000) return bytes + " ไบต์";
    if (bytes < 1000000) return Math.floor(bytes / 1000) + " kB";
    return (bytes / 1000000).toFixed(1) + " MB";
  }

  function input(form) { return form.querySelector("input[type=file]"); }

  function showQueue(form) {
    var queue = form.querySelector("[data-files-queue]");
    queue.replaceChildren();
    Array.from(input(form).files).forEach(function (file) {
      var row = element("li");
      row.append(element("span", "", file.name + " (" + size(file.size) + ")"));
      row.append(element("span", "is-state"));
      queue.append(row);
    });
    queue.hidden = !queue.children.length;
  }

  function tell(row, className, text) {
    row.querySelectorAll(".is-state, progress, .is-bad").forEach(function (old) { old.remove(); });
    row.append(element("span", className, text));
  }

  /* What the server said of the file; null when somebody else answered, such as the login page. */
  function answerOf(request) {
    try { return JSON.parse(request.responseText).errors || null; } catch (fault) { return null; }
  }

  /* What happened and what to do; the files stay chosen, so that nobody picks them again. */
  var AGAIN = "แล้วกด “แนบไฟล์” อีกครั้ง ไฟล์ที่เลือกไว้ยังอยู่";
  var PROBLEMS = {
    0: "ขาดการเชื่อมต่อ ยังไม่ได้แนบไฟล์นี้ ตรวจสัญญาณ " + AGAIN,
    200: "ท่านออกจากระบบแล้ว ยังไม่ได้แนบไฟล์นี้ เข้าสู่ระบบในแท็บใหม่ กลับมาที่หน้านี้ " + AGAIN,
    403: "ท่านไม่มีสิทธิแนบไฟล์ในรายการนี้แล้ว โหลดหน้านี้ใหม่เพื่อดูเหตุผล หรือติดต่อผู้ดูแลระบบ",
    404: "รายการนี้ถูกลบหรืออยู่นอกขอบเขตของท่านแล้ว จึงแนบไฟล์ไม่ได้ กลับไปเลือกรายการใหม่",
    413: "ไฟล์ใหญ่เกินกว่าที่ระบบรับได้ กรุณาย่อไฟล์หรือแบ่งเป็นหลายไฟล์"
  };
  var FAULT = "ระบบขัดข้อง ยังไม่ได้แนบไฟล์นี้ รอสักครู่ " + AGAIN;

  function problem(request, name) {
    var said = answerOf(request);
    if (said && !said.length) return "";
    if (said) return said.join(" ").replace(name + ": ", "");
    return PROBLEMS[request.status] || FAULT;
  }

  /* After logging in again in another tab the form's token is stale: take the new one. */
  function renewToken(form, done) {
    fetch(form.dataset.listUrl, { credentials: "same-origin" }).then(function (answer) { return answer.text(); })
      .then(function (page) {
        var fresh = new DOMParser().parseFromString(page, "text/html").querySelector("[data-files-form] [name=csrfmiddlewaretoken]");
        if (fresh) form.elements.csrfmiddlewaretoken.value = fresh.value;
      }).then(done, done);
  }

  function sendOne(form, file, row, done, isSecond) {
    var most = Number(form.dataset.maxBytes);
    if (file.size > most) {
      tell(row, "is-bad", "ไฟล์ใหญ่เกิน " + Math.round(most / 1048576) + " MB กรุณาย่อไฟล์หรือแบ่งเป็นหลายไฟล์");
      return done(false);
    }
    var data = new FormData(form), request = new XMLHttpRequest();
    var bar = element("progress");
    data.delete("uploads");
    data.append("uploads", file, file.name);
    bar.max = 100; bar.value = 0;
    bar.setAttribute("aria-label", "กำลังส่ง " + file.name);
    row.querySelectorAll(".is-state, .is-bad").forEach(function (old) { old.remove(); });
    row.append(bar);
    request.upload.addEventListener("progress", function (event) {
      if (event.lengthComputable) bar.value = Math.round(100 * event.loaded / event.total);
    });
    request.addEventListener("loadend", function () {
      if (request.status === 403 && !isSecond) {
        bar.remove();
        renewToken(form, function () { sendOne(form, file, row, done, true); });
        return;
      }
      var said = problem(request, file.name);
      tell(row, said ? "is-bad" : "is-good", said || "แนบแล้ว");
      done(!said);
    });
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.send(data);
  }

  function finish(form, files, good) {
    var section = form.closest("[data-files]"), left = new DataTransfer();
    files.forEach(function (pair) { if (!pair.good) left.items.add(pair.file); });
    input(form).files = left.files;
    form.querySelector("[type=submit]").removeAttribute("aria-busy");
    form.querySelector("[data-files-said]").textContent =
      "แนบแล้ว " + good + " ไฟล์" + (left.files.length ? " ไม่สำเร็จ " + left.files.length + " ไฟล์" : "");
    if (!good) return;
    fetch(form.dataset.listUrl, { credentials: "same-origin" }).then(function (answer) { return answer.text(); }).then(function (page) {
      var fresh = new DOMParser().parseFromString(page, "text/html");
      var list = fresh.querySelector("[data-files-list]"), head = fresh.querySelector(".panel__head");
      if (list) section.querySelector("[data-files-list]").replaceWith(list);
      if (head) section.querySelector(".panel__head").replaceWith(head);
    }).catch(function () { /* the rows above tell what went in; the list follows with the page */ });
  }

  function send(form) {
    var rows = form.querySelectorAll("[data-files-queue] li");
    var files = Array.from(input(form).files).map(function (file, at) { return { file: file, row: rows[at], good: false }; });
    var good = 0;
    form.querySelector("[type=submit]").setAttribute("aria-busy", "true");
    form.querySelector("[data-files-said]").textContent = "กำลังส่ง " + files.length + " ไฟล์";
    (function next(at) {
      if (at === files.length) return finish(form, files, good);
      sendOne(form, files[at].file, files[at].row, function (went) {
        files[at].good = went;
        if (went) good += 1;
        next(at + 1);
      });
    })(0);
  }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.matches("[data-files-form]") || !input(form).files.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.querySelector("[aria-busy]")) return;
    showQueue(form);
    send(form);
  }, true);

  document.addEventListener("change", function (event) {
    var form = event.target.closest("[data-files-form]");
    if (!form || event.target !== input(form)) return;
    form.querySelector("[data-files-said]").textContent = "";
    showQueue(form);
  });

  ["dragover", "dragleave", "drop"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      var place = event.target.closest && event.target.closest("[data-files-drop]");
      if (!place || !event.dataTransfer) return;
      event.preventDefault();
      place.classList.toggle("is-over", name === "dragover");
      if (name !== "drop" || !event.dataTransfer.files.length) return;
      var form = place.closest("form");
      input(form).files = event.dataTransfer.files;
      showQueue(form);
    });
  });

  document.querySelectorAll("[data-files-hint]").forEach(function (hint) { hint.hidden = false; });
})();

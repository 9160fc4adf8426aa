/* Drafts: a long form saves itself; while the line is lost, what is typed stays in this browser. */
(function () {
  "use strict";

  var form = document.getElementById("desk-form");
  if (!form) return;

  var status = document.getElementById("desk-status");
  var lostBanner = document.getElementById("desk-lost");
  var heldNote = document.getElementById("desk-held");
  var outBanner = document.getElementById("desk-out");
  var shutBanner = document.getElementById("desk-shut");
  var keys = "codi:draft:" + form.dataset.owner + ":" + location.pathname + ":";
  var key = keys + form.elements.desk_page.value;
  var WHILE_TYPING = 1500, AGAIN = 4000, AFTER_A_FAULT = 20000, MOST_WHILE_LEAVING = 20000;
  /* Answers after which sending again is of no use: what happened, and what to do. */
  var SHUT = {
    403: "หน้านี้หมดอายุ หรือท่านไม่มีสิทธิแก้ไขรายการนี้แล้ว สิ่งที่กรอกยังอยู่ในหน้านี้ โหลดหน้านี้ใหม่ แล้วเลือก “ใช้ร่างที่บันทึกไว้” หากยังไม่ได้ ติดต่อผู้ดูแลระบบ",
    404: "รายการนี้ถูกลบหรืออยู่นอกขอบเขตของท่านแล้ว จึงบันทึกไม่ได้ สิ่งที่กรอกยังอยู่ในหน้านี้ คัดลอกไว้ก่อนออกจากหน้า หากลบโดยไม่ตั้งใจ ให้เลิกลบจากถังขยะแล้วกลับมาที่หน้านี้"
  };
  var TOO_LARGE = "สิ่งที่กรอกยาวเกินกว่าที่ระบบรับได้ จึงยังไม่ได้เก็บร่าง กรุณาย่อข้อความ ระบบจะเก็บร่างให้อีกครั้งเอง";
  var FAULT = "ระบบขัดข้อง ยังเก็บร่างไม่ได้ สิ่งที่กรอกยังอยู่ในหน้านี้ ระบบจะลองใหม่ให้เอง หรือกด “บันทึก” ได้เลย";

  var timer = 0, due = 0, sequence = 0, sending = null, lost = false, lostAt = 0, over = false, submitted = false, held = null;

  /* The fields as they would be posted, without the token, which belongs to this page alone. */
  function typed() {
    var fields = new URLSearchParams();
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string" && name !== "csrfmiddlewaretoken") fields.append(name, value);
    });
    sequence = Math.max(Date.now(), sequence + 1);
    fields.set("desk_draft", "keep");
    fields.set("desk_sequence", String(sequence));
    return fields.toString();
  }

  function remember(text) {
    try { localStorage.setItem(key, text); } catch (full) { /* the server still has the draft */ }
  }

  function forget(name, text) {
    if (localStorage.getItem(name) === text) localStorage.removeItem(name);
  }

  function say(text, warns) {
    status.textContent = text;
    status.classList.toggle("desk-status--warn", Boolean(warns));
  }

  function lose() {
    if (!lost) lostAt = Date.now();
    lost = true;
    lostBanner.hidden = false;
    wait(AGAIN);
  }

  /* An answer to what was sent before the line was lost does not say that it is back. */
  function find(began) {
    if (!lost || began < lostAt) return;
    lost = false;
    lostBanner.hidden = true;
    if (!held) return;
    var button = held;
    letGo();
    form.requestSubmit(button);
  }

  function letGo() {
    held = null;
    heldNote.hidden = true;
  }

  function wait(milliseconds) {
    var at = Date.now() + milliseconds;
    if (timer && due <= at) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(send, milliseconds);
  }

  function post(text, signal) {
    var token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    return fetch(location.pathname, {
      method: "POST",
      body: new URLSearchParams(text + "&csrfmiddlewaretoken=" + encodeURIComponent(token)),
      redirect: "manual",
      keepalive: text.length < MOST_WHILE_LEAVING,
      signal: signal
    });
  }

  /* A newer state replaces one still under way; the server keeps the higher sequence. */
  function send() {
    if (over) return;
    clearTimeout(timer);
    timer = 0;
    if (sending) sending.abort();
    var text = typed(), mine = new AbortController(), began = Date.now();
    remember(text);
    sending = mine;
    post(text, mine.signal).then(function (response) {
      if (sending === mine) sending = null;
      return answered(response, text, began);
    }).catch(function (error) {
      if (sending === mine) sending = null;
      if (error.name !== "AbortError") lose();
    });
  }

  /* Whether somebody other than the draft's own address answered; says who, and what to do. */
  function answeredByOthers(response, began) {
    /* Only a server that cannot be reached holds the form back; a draft that fails does not. */
    if ([502, 503, 504].indexOf(response.status) >= 0) { lose(); return true; }
    if (response.type !== "opaqueredirect" && isJson(response)) return false;
    if (response.type === "opaqueredirect") shut(outBanner);
    else if (SHUT[response.status]) {
      shutBanner.querySelector("p").textContent = SHUT[response.status];
      shut(shutBanner);
    } else {
      find(began);
      say(response.status === 413 ? TOO_LARGE : FAULT, true);
      if (response.status !== 413) wait(AFTER_A_FAULT);
    }
    return true;
  }

  /* The line is back, but this page can send no more; what is typed stays in the browser. */
  function shut(banner) {
    over = true;
    lost = false;
    lostBanner.hidden = true;
    letGo();
    banner.hidden = false;
  }

  function isJson(response) { return (response.headers.get("Content-Type") || "").indexOf("json") >= 0; }

  function answered(response, text, began) {
    if (answeredByOthers(response, began)) return undefined;
    return response.json().then(function (told) {
      say(told.message, !response.ok);
      if (response.ok) forget(key, text); else over = told.code !== "draft_too_long";
      find(began);
    });
  }

  /* What an earlier page could not send any more: sent now, and then offered by the server. */
  function sendLeftover() {
    if ("answer" in form.dataset) { send(); return; }
    var name = Object.keys(localStorage).find(function (one) { return one.indexOf(keys) === 0; });
    if (!name) return;
    var left = localStorage.getItem(name), began = Date.now();
    post(left).then(function (response) {
      if (answeredByOthers(response, began)) return undefined;
      if (response.ok) { forget(name, left); location.reload(); return undefined; }
      return response.json().then(function (told) {
        if (told.code === "draft_finished") forget(name, left);
      });
    }).catch(lose);
  }

  form.addEventListener("input", function () {
    if (submitted) return;
    remember(typed());
    if (!over) wait(WHILE_TYPING);
  });
  form.addEventListener("change", send);

  form.addEventListener("submit", function (event) {
    if (lost) {
      event.preventDefault();
      event.stopPropagation();
      held = event.submitter || form.querySelector(".btn-primary");
      heldNote.hidden = false;
      wait(0);
      return;
    }
    over = submitted = true;
    clearTimeout(timer);
    if (sending) sending.abort();
  });
  document.getElementById("desk-let-go").addEventListener("click", letGo);

  window.addEventListener("pagehide", function () { if (timer && !over) send(); });
  window.addEventListener("offline", lose);
  window.addEventListener("online", function () { if (lost) send(); });
  window.addEventListener("pageshow", function (event) { if (event.persisted) over = submitted = false; });
  if (navigator.onLine === false) lose();
  if (!("waits" in form.dataset)) sendLeftover();
})();

/* Rows on their way to the server: one request at a time and in order, sent again with the same key
   when the line or the server was away. The server saves a key once. */
(function () {
  "use strict";
  var entry = window.codiEntry = window.codiEntry || {};
  var AT_ONCE = 40, FIRST_WAIT = 1500, LONGEST_WAIT = 30000;

  /* hooks: packed(row) → what to send, answered(row, answer, packed), failed(rows, words),
     banner(words, link) with empty words when all is well again. */
  entry.sender = function (form, hooks) {
    var waiting = [], busy = false, timer = 0, wait = FIRST_WAIT, few = 0, renewed = false;

    function later() {
      clearTimeout(timer);
      timer = setTimeout(send, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }

    function away(words, link) { hooks.banner(words, link); later(); }

    function token() { return form.querySelector("[name=csrfmiddlewaretoken]"); }

    /* After logging in again in another window the page's token is stale: fetch the new one. */
    function renewToken() {
      return fetch(location.href, { credentials: "same-origin" }).then(function (response) { return response.text(); })
        .then(function (html) {
          var fresh = new DOMParser().parseFromString(html, "text/html").querySelector("form.entry [name=csrfmiddlewaretoken]");
          if (fresh) token().value = fresh.value;
          return Boolean(fresh);
        });
    }

    function refused(status, batch) {
      if (status === 403 && !renewed) {
        renewed = true;
        renewToken().then(function (fresh) {
          if (fresh) send();
          else away("ท่านออกจากระบบแล้ว ข้อมูลที่พิมพ์ยังอยู่ในหน้านี้ เข้าสู่ระบบในแท็บใหม่แล้วกลับมาที่หน้านี้", form.dataset.login);
        }, function () { away(entry.LINE_LOST); });
        return;
      }
      if (status >= 500 || status === 429 || status === 408) {
        away("ระบบไม่พร้อมชั่วคราว ข้อมูลที่พิมพ์ยังอยู่ในหน้านี้ ระบบจะส่งให้เองอีกครั้ง");
        return;
      }
      if (batch.length > 1) { few = batch.length; send(); return; }
      waiting.splice(0, batch.length);
      few = Math.max(0, few - 1);
      hooks.failed(batch, status === 404
        ? "รายการนี้ถูกลบหรืออยู่นอกขอบเขตของท่านแล้ว คัดลอกสิ่งที่พิมพ์ไว้แล้วโหลดหน้านี้ใหม่"
        : "ระบบไม่รับแถวนี้ โหลดหน้านี้ใหม่แล้วลองอีกครั้ง หากยังไม่ได้ แจ้งผู้ดูแลระบบ");
      send();
    }

    function taken(batch, packed, answers) {
      wait = FIRST_WAIT; renewed = false; few = Math.max(0, few - batch.length);
      waiting.splice(0, batch.length);
      hooks.banner("");
      batch.forEach(function (row, place) { hooks.answered(row, answers[place], packed[place]); });
      hooks.settled();
      send();
    }

    function send() {
      clearTimeout(timer);
      if (busy || !waiting.length) return;
      busy = true;
      var batch = waiting.slice(0, few ? 1 : AT_ONCE), packed = batch.map(hooks.packed);
      var again = function (act) { return function (value) { busy = false; act(value); }; };
      fetch(form.dataset.send, {
        method: "POST", credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token().value },
        body: JSON.stringify({ rows: packed })
      }).then(function (response) {
        var isJson = (response.headers.get("Content-Type") || "").indexOf("json") >= 0;
        if (response.ok && isJson) return response.json().then(again(function (told) { taken(batch, packed, told.rows); }));
        busy = false;
        if (response.ok) away("ท่านออกจากระบบแล้ว ข้อมูลที่พิมพ์ยังอยู่ในหน้านี้ เข้าสู่ระบบในแท็บใหม่แล้วกลับมาที่หน้านี้", form.dataset.login);
        else refused(response.status, batch);
        return undefined;
      }, again(function () { away(entry.LINE_LOST); }));
    }

    window.addEventListener("online", send);
    window.addEventListener("focus", send);
    window.addEventListener("offline", function () { hooks.banner(entry.LINE_LOST); });

    return {
      add: function (rows) {
        rows.forEach(function (row) { if (waiting.indexOf(row) < 0) waiting.push(row); });
        send();
      },
      has: function (row) { return waiting.indexOf(row) >= 0; },
      count: function () { return waiting.length; }
    };
  };

  entry.LINE_LOST = "ขาดการเชื่อมต่อ ข้อมูลที่พิมพ์ยังอยู่ในหน้านี้ พิมพ์ต่อได้ ระบบจะส่งให้เองเมื่อเชื่อมต่อได้อีกครั้ง อย่าเพิ่งปิดหน้า";
})();

/* An entry grid by keyboard and paste. Without this script the table is a plain form. */
(function () {
  "use strict";
  var entry = window.codiEntry, form = document.getElementById("entry");
  if (!form || !entry) return;

  var table = form.querySelector("table"), body = table.tBodies[0], region = form.querySelector(".entry-region");
  var checked = form.hasAttribute("data-checked"), model = document.getElementById("entry-new");
  var bar = document.getElementById("entry-bar"), said = document.getElementById("entry-said"), told = document.getElementById("entry-told");
  var banner = document.getElementById("entry-banner"), wrong = document.getElementById("entry-wrong"), count = document.getElementById("entry-count");
  var words = {}, icons = document.getElementById("entry-states").content;
  icons.querySelectorAll("[data-state]").forEach(function (state) { words[state.dataset.state] = state.dataset.words; });
  var DONE = checked ? "ready" : "saved", WRONG = ["invalid", "refused", "conflict"], PAUSE = 800;
  var newest = 1000, leaving = false, timers = new Map();

  /* Rows and cells */
  function rows() { return Array.prototype.slice.call(body.rows); }
  function cells(row) { return row.entryCells || (row.entryCells = Array.prototype.slice.call(row.querySelectorAll(".entry-input"))); }
  function key(input) { return input.dataset.key; }
  function open(input) { return !input.readOnly; }
  function changed(input) { return open(input) && input.value !== input.dataset.stored; }
  function dirty(row) { return cells(row).some(changed); }
  function isNew(row) { return !row.dataset.pk; }
  function title(row) { return row.querySelector(".entry-name__text").textContent.trim(); }
  function hidden(row, name) { return row.querySelector("[data-part=" + name + "]"); }

  function uuid() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = bytes[6] & 15 | 64; bytes[8] = bytes[8] & 63 | 128;
    var hex = Array.prototype.map.call(bytes, function (byte) { return byte.toString(16).padStart(2, "0"); }).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  /* States: icon, colour and words, for the row and for each cell */
  function drawing(state) {
    var found = icons.querySelector("[data-state='" + state + "']");
    return found ? found.firstElementChild.cloneNode(true) : null;
  }
  function mark(place, state) {
    place.replaceChildren();
    var icon = drawing(state);
    if (icon) place.append(icon);
  }
  function markCell(input, state, note) {
    var cell = input.closest("td"), place = cell.querySelector(".entry-note");
    if (cell.dataset.state !== state) { cell.dataset.state = state; mark(cell.querySelector(".entry-mark"), state); }
    place.textContent = note || words[state] || "";
    place.classList.toggle("visually-hidden", WRONG.indexOf(state) < 0);
    if (WRONG.indexOf(state) >= 0) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    var choice = cell.querySelector(".entry-choice");
    if (choice && state !== "conflict") choice.remove();
    if (document.activeElement === input) showBar(input);
  }
  function markRow(row, state, text) {
    row.dataset.state = state;
    var place = row.querySelector(".entry-state");
    mark(place, state);
    place.append(text || words[state] || "");
  }

  function tally() {
    var waiting = 0, bad = 0, done = 0;
    rows().forEach(function (row) {
      if (row.dataset.state === "waiting") waiting += 1;
      else if (WRONG.indexOf(row.dataset.state) >= 0) bad += 1;
      else if (row.dataset.state === DONE) done += 1;
    });
    var parts = [];
    if (done) parts.push(words[DONE] + " " + done + " แถว");
    if (waiting) parts.push((checked ? "กำลังตรวจ " : words.waiting + " ") + waiting + " แถว");
    if (bad) parts.push("ต้องแก้ไข " + bad + " แถว");
    count.textContent = parts.join(" · ");
    listWrong();
  }

  function listWrong() {
    var list = wrong.querySelector("ul"), old = document.getElementById("error-summary"), items = [];
    rows().forEach(function (row) {
      if (WRONG.indexOf(row.dataset.state) < 0) return;
      var found = cells(row).filter(function (input) { return input.getAttribute("aria-invalid"); });
      if (!found.length) items.push([cells(row)[0], title(row) + ": " + row.querySelector(".entry-state").textContent]);
      found.forEach(function (input) {
        items.push([input, title(row) + " · " + input.dataset.title + ": " + input.closest("td").querySelector(".entry-note").textContent]);
      });
    });
    list.replaceChildren.apply(list, items.slice(0, 20).map(function (item) {
      var line = document.createElement("li"), link = document.createElement("a");
      link.href = "#" + item[0].id; link.textContent = item[1];
      link.addEventListener("click", function (event) { event.preventDefault(); wrong.open = false; go(item[0]); });
      line.append(link);
      return line;
    }));
    if (items.length > 20) { var rest = document.createElement("li"); rest.textContent = "และอีก " + (items.length - 20) + " จุด"; list.append(rest); }
    wrong.querySelector("strong").textContent = "กรุณาแก้ไข " + items.length + " จุด";
    wrong.hidden = !items.length;
    if (old && old !== wrong) old.remove();
  }

  /* Sums below the columns, while one types */
  var summing = 0;
  function sum() {
    cancelAnimationFrame(summing);
    summing = requestAnimationFrame(function () {
      form.querySelectorAll("[data-total]").forEach(function (place) {
        var satang = 0, unread = 0;
        body.querySelectorAll("[data-key='" + place.dataset.total + "']").forEach(function (input) {
          if (!input.value.trim()) return;
          var one = entry.readSatang(input.value);
          if (isNaN(one)) unread += 1; else satang += one;
        });
        place.querySelector("strong").textContent = entry.showSatang(satang);
        place.querySelector("small").textContent = unread ? "ไม่รวม " + unread + " ช่องที่อ่านไม่ได้" : "";
      });
    });
  }

  /* Sending */
  function packed(row) {
    var sent = { name: isNew(row) ? row.dataset.name : "r" + row.dataset.pk, version: row.dataset.version || "", cells: {}, was: {} };
    var place = hidden(row, "key");
    if (row.entryFresh && !checked) { place.value = uuid(); row.entryFresh = false; }
    sent.key = place.value;
    row.entrySeen = {};
    cells(row).forEach(function (input) {
      row.entrySeen[key(input)] = input.value;
      if (!open(input) || !(isNew(row) || checked || changed(input))) return;
      sent.cells[key(input)] = input.value;
      sent.was[key(input)] = input.dataset.was === undefined ? input.dataset.stored : input.dataset.was;
    });
    return sent;
  }

  function answered(row, answer, sent) {
    var again = false, isSaved = answer.state === "saved";
    if (answer.pk && isSaved) {
      /* A row that came back after its answer was lost may stand here already. */
      if (isNew(row) && body.querySelector("tr[data-pk='" + answer.pk + "']")) { row.remove(); return; }
      if (isNew(row)) row.querySelector(".entry-name__text").textContent = answer.shown[0];
      row.dataset.pk = answer.pk;
      row.querySelectorAll("[data-shown]").forEach(function (place) { place.textContent = answer.shown[Number(place.dataset.shown)]; });
    }
    if (answer.version !== null && (isSaved || answer.state === "conflict")) { row.dataset.version = answer.version; hidden(row, "version").value = answer.version; }
    cells(row).forEach(function (input) {
      var told = answer.cells[key(input)], typed = sent.cells[key(input)];
      if (isSaved) { input.dataset.stored = told.stored; delete input.dataset.was; lockCell(input, told); }
      /* Typed on while the answer was under way: that stays, and goes next. */
      if (input.value !== row.entrySeen[key(input)]) { again = true; return; }
      if (isSaved || typed !== undefined && !told.state) input.value = told.text;
      describe(input, told, answer.state, typed);
    });
    if (again) { markRow(row, "waiting"); plan(row, PAUSE); } else markRow(row, answer.state, answer.words);
    if (WRONG.indexOf(answer.state) >= 0 && !again) say(title(row) + ": " + problem(row));
  }

  function lockCell(input, told) {
    if (told.state !== "locked" || input.readOnly) return;
    input.readOnly = true;
    input.tabIndex = -1;
    input.removeAttribute("aria-required");
  }

  function describe(input, told, state, typed) {
    var cell = input.closest("td");
    cell.querySelector(".entry-under").textContent = told.under;
    input.dataset.echo = told.echo;
    if (told.state === "conflict") {
      markCell(input, "conflict", told.note);
      offerChoice(input, told);
    } else if (told.state) markCell(input, told.state, told.note);
    else markCell(input, typed !== undefined && state === DONE ? DONE : "", "");
  }

  function problem(row) {
    var input = cells(row).find(function (one) { return one.getAttribute("aria-invalid"); });
    return input ? input.dataset.title + " " + input.closest("td").querySelector(".entry-note").textContent : row.querySelector(".entry-state").textContent;
  }

  /* Somebody else wrote meanwhile: both values stand there, and the person chooses. */
  function offerChoice(input, told) {
    var cell = input.closest("td"), box = cell.querySelector(".entry-choice") || document.createElement("span"), row = input.closest("tr");
    box.className = "entry-choice";
    function button(text, act) {
      var made = document.createElement("button");
      made.type = "button"; made.className = "btn btn-secondary btn-sm"; made.textContent = text;
      made.addEventListener("click", function () {
        input.dataset.stored = told.other; input.dataset.was = told.other;
        act(); box.remove(); keep(); markCell(input, "", ""); row.entryFresh = true;
        go(input); settle(row);
      });
      return made;
    }
    box.replaceChildren(
      button("ใช้ค่าที่บันทึกไว้", function () { input.value = told.other; }),
      button("ใช้ค่าของท่าน", function () { return undefined; })
    );
    cell.append(box);
  }
  function settle(row) {
    if (row.querySelector(".entry-choice")) return;
    if (dirty(row)) { markRow(row, "waiting"); plan(row, 0); } else { markRow(row, DONE); tally(); }
  }

  function failed(batch, text) { batch.forEach(function (row) { markRow(row, "refused", text); }); say(text); }

  function settled() {
    var done = 0;
    rows().forEach(function (row) {
      /* What one row gave up another may need: try the refused ones once more after every saving. */
      if (row.dataset.state === "refused" && row.entryTried !== sender.saved && dirty(row)) { row.entryTried = sender.saved; plan(row, 0); }
      if (row.dataset.state === DONE) done += 1;
    });
    tally(); sum(); keep();
    if (!sender.count() && done) say(count.textContent);
  }

  function say(text) { said.textContent = text; }
  function show(text, link) {
    banner.querySelector("p").textContent = text;
    var place = banner.querySelector("a");
    place.hidden = !link;
    if (link) place.href = link;
    banner.hidden = !text;
  }

  var sender = entry.sender(form, {
    packed: packed, failed: failed, settled: settled, banner: show,
    answered: function (row, answer, sent) { if (answer.state === DONE) sender.saved = (sender.saved || 0) + 1; answered(row, answer, sent); }
  });

  function plan(row, delay) {
    clearTimeout(timers.get(row));
    timers.delete(row);
    if (delay) timers.set(row, setTimeout(function () { plan(row, 0); }, delay));
    else { sender.add([row]); tally(); }
  }
  function flush() { timers.forEach(function (timer, row) { plan(row, 0); }); rows().forEach(function (row) { if (row.dataset.state === "waiting" && !sender.has(row)) plan(row, 0); }); }

  /* What was typed */
  function touched(input, isPasted) {
    var row = input.closest("tr");
    touchedCell(input);
    touchedRow(row);
    if (!isPasted && dirty(row) && !isNew(row)) plan(row, PAUSE);
    if (!isPasted) { tally(); sum(); }
    keep();
  }
  function touchedCell(input) {
    delete input.dataset.echo;
    input.closest("td").querySelector(".entry-under").textContent = "";
    markCell(input, changed(input) ? "waiting" : "", "");
  }
  function touchedRow(row) {
    row.entryFresh = true;
    if (dirty(row)) {
      markRow(row, "waiting");
      if (isNew(row) && row === body.rows[body.rows.length - 1]) addRow();
    } else {
      clearTimeout(timers.get(row)); timers.delete(row);
      cells(row).forEach(function (one) { if (open(one)) markCell(one, "", ""); });
      markRow(row, "");
    }
  }

  function addRow() {
    if (!model) return null;
    newest += 1;
    var row = model.content.firstElementChild.cloneNode(true), name = "n" + newest;
    row.dataset.name = name;
    row.querySelectorAll("[id],[name],[aria-describedby],[aria-labelledby]").forEach(function (piece) {
      ["id", "name", "aria-describedby", "aria-labelledby"].forEach(function (part) {
        if (piece.hasAttribute(part)) piece.setAttribute(part, piece.getAttribute(part).replace(/\bn0(?=-)/g, name));
      });
    });
    hidden(row, "key").value = uuid();
    body.append(row);
    return row;
  }

  form.addEventListener("input", function (event) {
    if (!event.target.classList.contains("entry-input")) return;
    event.target.entryEditing = true;
    touched(event.target, false);
  });
  form.addEventListener("focusin", function (event) {
    if (!event.target.classList.contains("entry-input")) { bar.textContent = ""; return; }
    event.target.entryEditing = false;
    showBar(event.target);
  });
  form.addEventListener("focusout", function (event) {
    var row = event.target.closest("tbody tr");
    if (row && !row.contains(event.relatedTarget) && row.dataset.state === "waiting") plan(row, 0);
  });
  form.addEventListener("mouseup", function (event) { if (event.target.classList.contains("entry-input")) event.target.entryEditing = true; });

  function showBar(input) {
    var note = input.closest("td").querySelector(".entry-note").textContent;
    bar.textContent = [title(input.closest("tr")) + " · " + input.dataset.title, input.dataset.echo, note].filter(Boolean).join(" — ");
  }

  /* Keys */
  function go(input) {
    if (!input) return false;
    input.focus();
    input.select();
    return true;
  }
  function at(input, down, right) {
    var row = input.closest("tr"), place = cells(row).indexOf(input) + right;
    var all = rows(), target = all[all.indexOf(row) + down];
    return target ? cells(target)[place] : null;
  }
  function atEdge(input, right) {
    var whole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    if (whole && !input.entryEditing) return true;
    var caret = input.selectionStart === input.selectionEnd;
    return caret && input.selectionStart === (right > 0 ? input.value.length : 0);
  }
  function restore(input) {
    if (!open(input) || input.value === input.dataset.stored) return;
    input.value = input.dataset.stored;
    touched(input, false);
    input.select();
  }
  function fillDown(input) {
    var above = at(input, -1, 0);
    if (!above || !open(input)) return;
    input.value = above.value;
    touched(input, false);
  }

  var keys = {
    Enter: function (input, event) { if (event.shiftKey) go(at(input, -1, 0)); else if (!go(at(input, 1, 0))) flush(); return true; },
    ArrowUp: function (input) { return !choosing(input) && (go(at(input, -1, 0)) || true); },
    ArrowDown: function (input) { return !choosing(input) && (go(at(input, 1, 0)) || true); },
    ArrowLeft: function (input) { return atEdge(input, -1) && (go(at(input, 0, -1)) || goToName(input)); },
    ArrowRight: function (input) { return atEdge(input, 1) && go(at(input, 0, 1)); },
    Escape: function (input) { if (block.first()) block.clear(); else restore(input); return true; },
    F2: function (input) { input.entryEditing = true; input.setSelectionRange(input.value.length, input.value.length); return true; }
  };
  /* The name of a row leads to its record: left of the first cell, so that Tab runs through cells only. */
  function nameOf(row) { return row.querySelector(".entry-name a"); }
  function goToName(input) {
    var link = nameOf(input.closest("tr"));
    if (link && cells(input.closest("tr"))[0] === input) link.focus();
    return Boolean(link);
  }
  body.addEventListener("keydown", function (event) {
    var link = event.target.closest(".entry-name a"), row = link && link.closest("tr"), all = rows();
    if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
    var to = { ArrowRight: cells(row)[0], ArrowUp: all[all.indexOf(row) - 1], ArrowDown: all[all.indexOf(row) + 1] }[event.key];
    if (!to) return;
    event.preventDefault();
    if (to.classList.contains("entry-input")) go(to); else if (nameOf(to)) nameOf(to).focus();
  });
  /* Shift and an arrow: a block of cells, except sideways inside a text that is being edited. */
  var steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  function extend(input, step) {
    if (!step || step[1] && input.entryEditing && !block.first()) return false;
    block.extend(input, step[0], step[1]);
    return true;
  }
  var block = entry.chooser(form, { rows: rows, cells: cells, at: at, say: say });
  function choosing(input) { return input.list && input.entryEditing; }

  form.addEventListener("keydown", function (event) {
    var input = event.target;
    if (!input.classList.contains("entry-input") || event.isComposing) return;
    var command = event.ctrlKey || event.metaKey, letter = event.code;
    if (command && letter === "KeyD") { event.preventDefault(); fillDown(input); return; }
    if (command && letter === "KeyS") { event.preventDefault(); flush(); return; }
    if (command && (event.key === "Home" || event.key === "End")) {
      var all = rows(), row = event.key === "Home" ? all[0] : all[all.length - 1];
      event.preventDefault();
      go(cells(row)[event.key === "Home" ? 0 : cells(row).length - 1]);
      return;
    }
    if (event.shiftKey && !command && !event.altKey && extend(input, steps[event.key])) { event.preventDefault(); return; }
    if (command || event.altKey || event.shiftKey && event.key !== "Enter") return;
    if (keys[event.key] && keys[event.key](input, event)) event.preventDefault();
  });

  /* A block copied from a spreadsheet */
  form.addEventListener("paste", function (event) {
    var input = event.target, text = event.clipboardData && event.clipboardData.getData("text/plain");
    if (!input.classList.contains("entry-input") || !text || !/[\t\n\r]/.test(text.replace(/(\r\n?|\n)$/, ""))) return;
    event.preventDefault();
    var started = performance.now(), result = pasteBlock(block.first() || input, entry.parseBlock(text));
    block.clear();
    form.dataset.pasted = String(Math.round(performance.now() - started));
    told.querySelector("p").textContent = pasteWords(result);
    told.hidden = false;
  });

  function pasteBlock(input, block) {
    var row = input.closest("tr"), first = cells(row).indexOf(input), all = rows(), place = all.indexOf(row), touchedRows = [];
    var result = { cells: 0, locked: 0, columns: 0, surplusRows: 0 };
    block.forEach(function (line, down) {
      var target = body.rows[place + down] || addRow();
      if (!target) { result.surplusRows += 1; return; }
      var before = result.cells;
      line.forEach(function (text, right) {
        var cell = cells(target)[first + right];
        if (!cell) { result.columns = Math.max(result.columns, first + right + 1 - cells(target).length); return; }
        if (!open(cell)) { if (text && text !== cell.value) result.locked += 1; return; }
        if (cell.value === text) return;
        cell.value = text; result.cells += 1;
        touchedCell(cell);
      });
      if (result.cells > before) touchedRow(target);
      if (dirty(target)) touchedRows.push(target);
    });
    tally(); sum(); keep();
    sender.add(touchedRows);
    result.rows = touchedRows.length;
    return result;
  }

  function pasteWords(result) {
    var parts = ["วางแล้ว " + result.cells + " ช่อง ใน " + result.rows + " แถว"];
    if (result.columns) parts.push("ข้อมูลที่คัดลอกมากว้างเกินตาราง " + result.columns + " คอลัมน์ ส่วนเกินไม่ได้วาง");
    if (result.surplusRows) parts.push("ยาวเกินตาราง " + result.surplusRows + " แถว ส่วนเกินไม่ได้วาง");
    if (result.locked) parts.push("ข้าม " + result.locked + " ช่องที่ล็อก");
    return parts.join(" · ");
  }

  /* What is not saved yet stays in this browser as well: a page that was killed finds it again, with
     the same keys, so that nothing is saved twice. */
  var keeping = 0, place = "codi:entry:" + form.dataset.owner + ":" + location.pathname + location.search;
  function keep() {
    clearTimeout(keeping);
    keeping = setTimeout(function () {
      var kept = rows().filter(dirty).map(function (row) {
        var one = { pk: row.dataset.pk, version: row.dataset.version, key: hidden(row, "key").value, fresh: Boolean(row.entryFresh), cells: {} };
        cells(row).filter(changed).forEach(function (input) { one.cells[key(input)] = [input.value, input.dataset.was === undefined ? input.dataset.stored : input.dataset.was]; });
        return one;
      });
      try {
        if (kept.length) localStorage.setItem(place, JSON.stringify(kept)); else localStorage.removeItem(place);
      } catch (full) { /* the page itself still holds it */ }
    }, 250);
  }

  function bringBack() {
    var kept = [], back = 0;
    try { kept = JSON.parse(localStorage.getItem(place)) || []; } catch (broken) { return; }
    kept.forEach(function (one) {
      var row = one.pk ? body.querySelector("tr[data-pk='" + Number(one.pk) + "']") : addRow();
      if (!row || dirty(row)) return;
      hidden(row, "key").value = one.key;
      row.dataset.version = one.version;
      cells(row).forEach(function (input) {
        var typed = one.cells[key(input)];
        if (!typed || !open(input) || input.value === typed[0]) return;
        input.value = typed[0];
        input.dataset.was = typed[1];
        touched(input, true);
      });
      row.entryFresh = one.fresh;
      if (dirty(row)) { back += 1; sender.add([row]); }
    });
    if (!back) { keep(); return; }
    told.querySelector("p").textContent = "นำสิ่งที่พิมพ์ค้างไว้กลับมาแล้ว " + back + " แถว" + (checked ? " ยังไม่ได้บันทึก กรุณาตรวจทาน" : "");
    told.hidden = false;
    tally(); sum();
  }

  /* Leaving the page, and the button */
  form.addEventListener("submit", function (event) {
    if (checked) { leaving = true; return; }
    event.preventDefault();
    event.stopPropagation();
    flush();
    tally();
  });
  window.addEventListener("beforeunload", function (event) {
    var unsent = rows().some(function (row) { return dirty(row); });
    if (!leaving && unsent) { event.preventDefault(); event.returnValue = ""; }
  });
  window.addEventListener("pageshow", function () { leaving = false; });

  /* On paper a cell shows all of its text, which an input would cut off. */
  window.addEventListener("beforeprint", function () {
    rows().forEach(function (row) { cells(row).forEach(function (input) { input.parentElement.dataset.text = input.value; }); });
  });

  region.classList.add("is-live");
  rows().forEach(function (row) {
    if (nameOf(row)) nameOf(row).tabIndex = -1;
    if (checked && dirty(row)) row.entryFresh = true;
  });
  sum();
  bringBack();
})();

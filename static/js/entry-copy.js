/* A block of cells of an entry grid: chosen with Shift and arrows, Shift and a click, or the mouse, and
   copied as a spreadsheet writes it. Without a block, copying is the browser's own. */
(function () {
  "use strict";
  var entry = window.codiEntry = window.codiEntry || {};

  /* Rows of texts as a spreadsheet copies them. A cell is quoted where it would else be read as several,
     and every row ends, so that an empty last one is not lost. */
  entry.writeBlock = function (lines) {
    return lines.map(function (line) {
      return line.map(function (text) {
        return /[\t\r\n]|^"/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
      }).join("\t") + "\r\n";
    }).join("");
  };

  /* grid: rows(), cells(row), at(input, down, right), say(words) */
  entry.chooser = function (form, grid) {
    var anchor = null, end = null, pressed = null, painted = [];

    function place(input) {
      var row = input.closest("tr");
      return { row: grid.rows().indexOf(row), column: grid.cells(row).indexOf(input) };
    }
    function chosen() {
      if (!anchor || !anchor.isConnected || !end.isConnected) return [];
      var one = place(anchor), other = place(end);
      var left = Math.min(one.column, other.column), right = Math.max(one.column, other.column);
      return grid.rows().slice(Math.min(one.row, other.row), Math.max(one.row, other.row) + 1)
        .map(function (row) { return grid.cells(row).slice(left, right + 1); });
    }
    function paint(lines) {
      painted.forEach(function (cell) { cell.classList.remove("is-chosen"); });
      painted = [];
      lines.forEach(function (line) { line.forEach(function (input) { painted.push(input.closest("td")); }); });
      painted.forEach(function (cell) { cell.classList.add("is-chosen"); });
    }
    function choose(from, to) {
      if (from === to) { clear(); return; }
      anchor = from; end = to;
      var lines = chosen();
      paint(lines);
      grid.say("เลือก " + lines.length + " แถว " + lines[0].length + " คอลัมน์ กด Ctrl+C เพื่อคัดลอก");
    }
    function clear() {
      anchor = end = null;
      paint([]);
    }
    function cellAt(node) {
      var cell = node.closest && node.closest("td.entry-cell");
      return cell ? cell.querySelector(".entry-input") : null;
    }

    form.addEventListener("mousedown", function (event) {
      var input = cellAt(event.target), active = document.activeElement;
      pressed = null;
      if (!input || event.button !== 0) return;
      if (event.shiftKey && active !== input && form.contains(active) && cellAt(active)) {
        event.preventDefault();
        choose(active, input);
        return;
      }
      clear();
      pressed = input;
    });
    form.addEventListener("mouseover", function (event) {
      var input = pressed && event.buttons & 1 ? cellAt(event.target) : null;
      if (!input || input === end || input === pressed && !end) return;
      choose(pressed, input);
      pressed.entryEditing = false;
    });
    document.addEventListener("mouseup", function () { pressed = null; });
    form.addEventListener("focusin", function (event) { if (anchor && event.target !== anchor) clear(); });
    form.addEventListener("input", clear);
    form.addEventListener("copy", function (event) {
      var lines = chosen();
      if (!lines.length) return;
      event.preventDefault();
      event.clipboardData.setData("text/plain", entry.writeBlock(lines.map(function (line) {
        return line.map(function (input) { return input.value; });
      })));
      grid.say("คัดลอกแล้ว " + lines.length * lines[0].length + " ช่อง");
    });

    return {
      clear: clear,
      /* The first cell of the block, where a paste begins. */
      first: function () { var lines = chosen(); return lines.length ? lines[0][0] : null; },
      /* One step of the block's far corner; stays where the table ends. */
      extend: function (input, down, right) {
        var target = grid.at(anchor === input ? end : input, down, right);
        if (!target) return;
        choose(input, target);
        target.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    };
  };
})();

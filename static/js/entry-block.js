/* Blocks copied from a spreadsheet, and numbers as people write them, for the sums below a grid. */
(function () {
  "use strict";
  var entry = window.codiEntry = window.codiEntry || {};

  /* Rows of cells. A cell in quotes may hold tabs, line breaks and doubled quotes; a break inside a
     cell becomes a blank. The line break that ends the last row makes no row of its own. */
  entry.parseBlock = function (text) {
    var rows = [[]], cell = "", at = 0, quoted = false, start = true;
    function endCell() { rows[rows.length - 1].push(cell.replace(/\s*[\r\n]+\s*/g, " ").trim()); cell = ""; start = true; }
    while (at < text.length) {
      var letter = text[at];
      if (quoted) {
        if (letter === '"' && text[at + 1] === '"') { cell += '"'; at += 1; }
        else if (letter === '"') quoted = false;
        else cell += letter;
      } else if (letter === '"' && start && closes(text, at)) { quoted = true; start = false; }
      else if (letter === "\t") endCell();
      else if (letter === "\n" || letter === "\r") {
        if (letter === "\r" && text[at + 1] === "\n") at += 1;
        endCell();
        if (at + 1 === text.length) return rows;
        rows.push([]);
      } else { cell += letter; start = false; }
      at += 1;
    }
    endCell();
    return rows;
  };

  /* Whether the quote that opens at `at` is closed before a cell ends: else it is an inch mark. */
  function closes(text, at) {
    for (var next = at + 1; next < text.length; next += 1) {
      if (text[next] !== '"') continue;
      if (text[next + 1] === '"') { next += 1; continue; }
      return next + 1 === text.length || "\t\r\n".indexOf(text[next + 1]) >= 0;
    }
    return false;
  }

  /* Whole satang in the text, or NaN: what cannot be read for sure is left to the server. */
  entry.readSatang = function (text) {
    var plain = text.replace(/[๐-๙]/g, function (digit) { return String(digit.charCodeAt(0) - 0x0e50); })
      .replace(/[\s\u00a0\u200b]/g, "").replace(/^฿/, "").replace(/(บาทถ้วน|บาท|฿)\.?$/, "");
    var match = /^(\(?)(?:฿)?(\d+|[1-9]\d{0,2}(?:,\d{3})+)(?:\.(\d{1,2}))?(\)?)$/.exec(plain);
    if (!match || Boolean(match[1]) !== Boolean(match[4])) return NaN;
    var satang = Number(match[2].replace(/,/g, "")) * 100 + Number(((match[3] || "") + "00").slice(0, 2));
    return match[1] ? -satang : satang;
  };

  entry.showSatang = function (satang) {
    var baht = Math.floor(Math.abs(satang) / 100), rest = Math.abs(satang) % 100;
    var text = String(baht).replace(/\B(?=(\d{3})+$)/g, ",");
    return (satang < 0 ? "-" : "") + text + (rest ? "." + String(rest).padStart(2, "0") : "");
  };
})();

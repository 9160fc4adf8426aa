// The members that no group counts, live below the boxes: the total less its parts.
"use strict";

(function () {
  const told = document.getElementById("not-classified");
  const box = (name) => document.getElementById(`id_${name}`);
  if (!told || !box(told.dataset.total)) return;
  const parts = told.dataset.parts.split(" ").map(box).filter(Boolean);
  const total = box(told.dataset.total);
  const without = told.textContent;
  const read = (input) => {
    const text = input.value.trim().replace(/[๐-๙]/g, (digit) => "๐๑๒๓๔๕๖๗๘๙".indexOf(digit)).replace(/,/g, "");
    return text === "" ? 0 : /^\d+$/.test(text) ? Number(text) : NaN;
  };
  const show = () => {
    const rest = read(total) - parts.reduce((sum, input) => sum + read(input), 0);
    if (Number.isNaN(rest) || total.value.trim() === "") told.textContent = without;
    else if (rest < 0) told.textContent = `ทุกกลุ่มรวมกันเกินสมาชิกทั้งหมด ${(-rest).toLocaleString("en")} ${told.dataset.unit} กรุณาตรวจตัวเลข`;
    else told.textContent = `${told.dataset.label} ${rest.toLocaleString("en")} ${told.dataset.unit}`;
  };
  [total, ...parts].forEach((input) => input.addEventListener("input", show));
  show();
})();

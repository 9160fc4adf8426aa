"""How large a spreadsheet may be, and what people are told to do about one that is not taken."""

from __future__ import annotations

MAX_BYTE_COUNT = 10 * 1024 * 1024
MAX_ENTRY_COUNT = 1_000
MAX_UNPACKED_BYTE_COUNT = 200 * 1024 * 1024
MAX_RATIO = 100
MAX_ROW_COUNT = 200_000
MAX_COLUMN_COUNT = 256
# What a parser would have to build, counted before one begins; painted empty cells count too.
MAX_ROW_TAG_COUNT = 1_100_000
MAX_CELL_TAG_COUNT = 4_000_000
MAX_MERGE_COUNT = 20_000
# A part of a workbook that is read whole (names of sheets, relations) is small.
MAX_PART_BYTE_COUNT = 4 * 1024 * 1024

SAVE_AS = "กรุณาเปิดไฟล์ในโปรแกรมตารางคำนวณ แล้วบันทึกเป็น .xlsx หรือ .csv (UTF-8) ก่อนส่งอีกครั้ง"
COPY_OUT = "กรุณาคัดลอกเฉพาะตารางข้อมูลไปวางเป็นค่า (Paste values) ในไฟล์ใหม่ แล้วส่งอีกครั้ง"

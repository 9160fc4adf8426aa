"""One word in two spellings is two records, two rows of a report, and a search without a hit."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codi.thai.normalise import clean, search_key

THAI_TEXT = st.text(
    st.sampled_from([chr(c) for c in range(0x0E01, 0x0E5B) if unicodedata.name(chr(c), "")])
    | st.sampled_from(" \u200b\u00a0\nabcoABC123.-/()ກະकुо"),
    max_size=25,
)


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("ดํ\u0e32เนิน", "ดำเนิน"),
        ("น\u0e49\u0e4d\u0e32", "น้ำ"),
        ("น\u0e4d\u0e49\u0e32", "น้ำ"),
        ("น\u0e33\u0e49", "น้ำ"),
        ("เเม่ฮ่องสอน", "แม่ฮ่องสอน"),
        ("กิ่\u0e48ง", "กิ่ง"),
        ("กี\u0e35\u0e48", "กี่"),
        ("ก\u0e48\u0e34ง", "กิ่ง"),
        ("สิทธ\u0e4c\u0e34", "สิทธิ์"),
        ("แแพร่", "แพร่"),
        ("เชียง\u200bใหม่\ufeff", "เชียงใหม่"),
        ("  ลำปาง \u00a0\u3000 ลำพูน\t", "ลำปาง ลำพูน"),
        ("บรรทัด\r\nใหม่", "บรรทัด ใหม่"),
        ("พoช", "พอช"),
        ("พоช", "พอช"),
        ("รुกล้ำ", "รุกล้ำ"),
        ("รुकล้ำ", "รุกล้ำ"),
        ("คະแนน", "คะแนน"),
        ("ทีมAและทีมB", "ทีมAและทีมB"),
        ("ประชุมZOOMครั้งที่ 2", "ประชุมZOOMครั้งที่ 2"),
        ("คีрибати", "คีрибати"),
        ("ต่าง ๆ", "ต่าง ๆ"),
        ("กก กรรม บรรพ", "กก กรรม บรรพ"),
        ("CODI – PM", "CODI – PM"),
        ("", ""),
    ],
)
def test_stored_text_has_one_spelling(raw, stored):
    """A fault of typing or scanning would be stored, or right text would be damaged."""
    assert clean(raw) == stored


def test_line_breaks_stay_where_asked():
    """Paragraphs of staff text would run together."""
    assert clean("  ปัญหา \r\n\r\n 1. ช้า\n", keep_newlines=True) == "ปัญหา\n\n1. ช้า"


def test_sara_am_stays_whole():
    """NFKC would take ำ apart, and no search for ลำปาง would find it."""
    assert clean("ลำปาง") == "ลำปาง"
    assert "\u0e33" in clean("ลําปาง")


@given(THAI_TEXT)
def test_cleaning_twice_is_cleaning_once(text):
    """Saving a record again would change it, and history would show a change nobody made."""
    once = clean(text)
    assert clean(once) == once
    kept = clean(text, keep_newlines=True)
    assert clean(kept, keep_newlines=True) == kept


@given(THAI_TEXT)
def test_stored_and_typed_text_have_one_key(text):
    """A name would not be found by the very text it was made from."""
    assert search_key(clean(text)) == search_key(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("แม่ฮ่องสอน", "เเมฮองสอน"),
        ("กรุงเทพฯ ปริมณฑล และตะวันออก", "กรุงเทพฯปริมณฑลและ ตะวันออก"),
        ("อบต. บ้านใหม่ (ที่ ๒)", "อบตบ้านใหม่ที่2"),
        ("CODI-PM", "codi pm"),
        ("จังหวัด/อำเภอ", "จังหวัดอำเภอ"),
        ("ดำเนิน", "ดํ\u0e32เนิน"),
    ],
)
def test_near_spellings_share_a_key(one, other):
    """Search and import would miss a name for a blank, a point or a tone mark."""
    assert search_key(one) == search_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("เชียงใหม่", "เชียงราย"), ("ขาว", "ขา"), ("คลอง 1", "คลอง 2"), ("สิทธิ์", "สิทธิ")]
)
def test_other_words_keep_other_keys(one, other):
    """Two places would become one."""
    assert search_key(one) != search_key(other)


def test_a_key_has_no_sign_that_cuts_words():
    """Tone marks cut words for pg_trgm, so a part of a word would not be found."""
    assert set("่้๊๋ ./-()") & set(search_key("บ้านใหม่ ไร่โต้ง ก๊ก/เก๋ง (อ.เมือง-ใน)")) == set()

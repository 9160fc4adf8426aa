"""Lists in another order than the dictionary: nobody finds a name in them."""

import random

from hypothesis import given
from hypothesis import strategies as st

from codi.thai.normalise import clean
from codi.thai.sorting import sort_key

# Written by hand in the order of the Royal Institute's dictionary.
DICTIONARY = """
กก กงกอน กฎ กฐิน กด กติกา กบ กบฏ กมล กรกฎ กรง กรณี กรด กรม กรรม กรวด กระ กระจก กราบ กริยา กรุง กลม กล่อง
กลาง กว้าง กษัตริย์ กสิกรรม กอ ก่อ ก้อ กอง ก้อง กอด กะ กะทิ กัก กัด กา ก้าง ก้าน การ การณ์ กาฬ กำ กำไร กิ่ง กิน
กี่ กึ่ง กุ้ง กู้ เก เก็ง เก่ง เก้ง เก๋ง เกม เกรง เกวียน เกิด แก แก่ แก้ แกะ โก โกง ใกล้ ไก่ ไกล ขน ขวด ขอ ข้อ ขา
ข่า ข้า ขาว ข่าว ข้าว เขา เข่า เข้า แขก ไข่ คน จังหวัด ฉาก ราก ฤดู ลม วัด อ่าง ฮูก
""".split()  # noqa: SIM905 - reads as a page of the dictionary

# The 77 provinces in the order in which government lists print them.
PROVINCES = """
กระบี่ กรุงเทพมหานคร กาญจนบุรี กาฬสินธุ์ กำแพงเพชร ขอนแก่น จันทบุรี ฉะเชิงเทรา ชลบุรี ชัยนาท ชัยภูมิ ชุมพร
เชียงราย เชียงใหม่ ตรัง ตราด ตาก นครนายก นครปฐม นครพนม นครราชสีมา นครศรีธรรมราช นครสวรรค์ นนทบุรี
นราธิวาส น่าน บึงกาฬ บุรีรัมย์ ปทุมธานี ประจวบคีรีขันธ์ ปราจีนบุรี ปัตตานี พระนครศรีอยุธยา พะเยา พังงา พัทลุง
พิจิตร พิษณุโลก เพชรบุรี เพชรบูรณ์ แพร่ ภูเก็ต มหาสารคาม มุกดาหาร แม่ฮ่องสอน ยโสธร ยะลา ร้อยเอ็ด ระนอง ระยอง
ราชบุรี ลพบุรี ลำปาง ลำพูน เลย ศรีสะเกษ สกลนคร สงขลา สตูล สมุทรปราการ สมุทรสงคราม สมุทรสาคร สระแก้ว
สระบุรี สิงห์บุรี สุโขทัย สุพรรณบุรี สุราษฎร์ธานี สุรินทร์ หนองคาย หนองบัวลำภู อ่างทอง อำนาจเจริญ อุดรธานี
อุตรดิตถ์ อุทัยธานี อุบลราชธานี
""".split()  # noqa: SIM905 - reads as a page of the dictionary


def by_code_point(words):
    """Sorted as COLLATE "C" sorts the stored key: by the bytes of UTF-8."""
    return sorted(words, key=lambda word: sort_key(word).encode())


def test_words_sort_as_in_the_dictionary():
    """Leading vowels, tone marks, ็ or ์ would pull words to the wrong place."""
    shuffled = random.Random(1).sample(DICTIONARY, len(DICTIONARY))
    assert len(set(DICTIONARY)) >= 60
    assert by_code_point(shuffled) == DICTIONARY


def test_provinces_sort_as_in_government_lists():
    """The province column of every report would be out of order."""
    shuffled = random.Random(2).sample(PROVINCES, len(PROVINCES))
    assert len(set(PROVINCES)) == 77
    assert by_code_point(shuffled) == PROVINCES


def test_blanks_and_punctuation_are_passed_over():
    """A bracket or a blank would send a name to the top."""
    names = ["(กลุ่ม) ก", "กลุ่ม ข", "กลุ่ม-ค", "“กลุ่ม” ง"]
    assert by_code_point(reversed(names)) == names


def test_case_and_script_of_digits_do_not_matter():
    """Latin names would sort capitals first, and ๒ after 3."""
    assert by_code_point(["b", "A", "a1", "B"])[:2] == ["A", "a1"]
    assert by_code_point(["รุ่น ๓", "รุ่น 2", "รุ่น ๑"]) == ["รุ่น ๑", "รุ่น 2", "รุ่น ๓"]


@given(st.lists(st.text(st.sampled_from("กขคมรเแโไาิี่้็์"), min_size=1, max_size=8), max_size=6))
def test_different_words_never_share_a_key(words):
    """Paging by the key would skip one of two names."""
    spellings = {clean(word) for word in words}
    assert len({sort_key(word) for word in spellings}) == len(spellings)

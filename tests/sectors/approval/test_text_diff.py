"""Two texts side by side."""

import pytest

from sectors.approval.text_diff import differing, merged


def told(pieces):
    return [(piece.text, piece.differs) for piece in pieces]


def test_words_and_numbers_differ_as_a_whole():
    left, right = differing("完成抽检40批次，平稳。", "完成抽检42批次，总体平稳。")
    assert told(left) == [("完成抽检", False), ("40", True), ("批次，", False), ("平稳。", False)]
    assert told(right) == [("完成抽检", False), ("42", True), ("批次，", False), ("总体", True), ("平稳。", False)]


@pytest.mark.parametrize(
    ("left", "right", "differs"),
    [("", "新增。", (False, True)), ("去掉。", "", (True, False)), ("同", "同", (False, False))],
)
def test_a_side_may_be_empty(left, right, differs):
    sides = differing(left, right)
    assert tuple(any(piece.differs for piece in side) for side in sides) == differs


def test_long_texts_differ_by_clauses():
    body = "".join(f"第{n}条措施已落实；" for n in range(300))
    left, right = differing(body + "共查40户，合格。", body + "共查42户，合格。")
    assert told(left) == [(body, False), ("共查40户，", True), ("合格。", False)]
    assert told(right) == [(body, False), ("共查42户，", True), ("合格。", False)]


@pytest.mark.parametrize(
    ("left", "right", "found"),
    [
        (
            "抽检40批次",
            "抽检42批次，合格",
            [("", "抽检"), ("del", "40"), ("ins", "42"), ("", "批次"), ("ins", "，合格")],
        ),
        ("", "新增", [("ins", "新增")]),
        ("旧的", "", [("del", "旧的")]),
        ("", "", []),
    ],
)
def test_both_are_told_as_one_text(left, right, found):
    assert merged(left, right) == found
    assert "".join(text for kind, text in found if kind != "ins") == left
    assert "".join(text for kind, text in found if kind != "del") == right

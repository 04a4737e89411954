"""What is a reason and what only looks like one."""

import pytest

from sectors.findings.reason_quality import objection

pytestmark = pytest.mark.usefixtures("english")

MESSAGE = "结案件数多于办理件数；如含往年立案的案件，请在说明中写明"


@pytest.mark.parametrize(
    "text",
    [
        "上年立案的2件在本季度结案",
        "因数据口径调整，含乡镇上报数",
        "停产检修两个月，抽检批次减少",
        "含去年结转的2件",
        "新增两家企业",
        "疫情影响正常经营",
        "The market was closed in May.",
    ],
)
def test_a_reason_is_taken(text):
    assert objection(text, MESSAGE) == ""


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("", "in words"),
        ("  \n ", "in words"),
        ("。。。！？", "in words"),
        ("123456789", "in words"),
        ("2023-11-02", "in words"),
        ("核实无误", "not why"),
        ("经核实，数据无误。", "not why"),
        ("情况属实，特此说明", "not why"),
        ("无", "not why"),
        ("已核对", "not why"),
        ("数据真实准确可靠，情况属实", "not why"),
        ("领导已经核实过了，确实没有错误", "not why"),
        ("Checked and correct.", "not why"),
        ("n/a", "not why"),
        ("停产检修", "at least 6"),
        ("asdfgh", "at least 6"),
        ("啊啊啊啊啊啊啊啊", "Repeated"),
        ("哈哈呵呵哈哈呵呵", "Repeated"),
        ("统计口径统计口径统计口径", "Repeated"),
        (MESSAGE, "repeats the finding"),
        ("结案件数多于办理件数。", "repeats the finding"),
        ("口径变化，" * 2 + "上年立案的案件在本季度结案，数量较多" * 30, "At most 500"),
    ],
)
def test_what_is_no_reason_is_refused_with_what_to_write_instead(text, instead):
    assert instead in objection(text, MESSAGE)

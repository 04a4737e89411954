"""Set phrases of the report that an edition words otherwise, so that both ends know them by one name."""

from __future__ import annotations

from collections.abc import Mapping

DECLARED = "*"
DECLARED_NOTE = f"带{DECLARED}的为部门申报值，计算所需的数据未报送"
PARTIAL_NOTE = "括号内为已答复的期数和应报期数"
INEXACT_NOTE = "带“余、以上、以下、约、近”的为部门报送的非确数，以及由其计算的数"
COMPARISON_NOTE = "“比上年”只比较两年都有数据的月份和地区，不是全年或者不是全部地区的在括号内注明"
LEFT_OUT = "缺数，没有列入"
SEE_REMARKS, BY_REMARKS = "（见附件2）", "对照附件2"

# For readers outside of the administration: what a mark means, not who owes what.
NEUTRAL: Mapping[str, str] = {
    DECLARED_NOTE: f"带{DECLARED}的为部门填报的数",
    PARTIAL_NOTE: "括号内为有数据的期数和全年的期数",
    INEXACT_NOTE: "带“余、以上、以下、约、近”的不是确数",
    LEFT_OUT: "没有列入",
}

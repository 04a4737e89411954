"""Words of forms: what tells heads, totals, parts, units, times and signatures. Pure: no database."""

from __future__ import annotations

import re

from sectors.calculation.numerals import half_width

ONES = "一二三四五六七八九十"
NUMBERED = [
    re.compile(rf"^第?[{ONES}]+[、．.]\s*"),
    re.compile(rf"^[（(][{ONES}]+[)）]\s*"),
    re.compile(r"^[0-9]{1,2}(?:[、．]|\.(?![0-9]))\s*"),
    re.compile(r"^(?:[（(][0-9]{1,2}[)）]|[0-9]{1,2}[)）]|[①-⑳])\s*"),
]
WITHIN = re.compile(r"^(?:其\s*中|#)\s*[：:、]?\s*")
TOTAL = re.compile(r"^(?:合计|总计|小计|共计|全部合计|累计合计)(?:数)?$")
ENDS_TOTAL = re.compile(r"(?:合计|总计|小计|共计)$")
SUBTOTAL = re.compile(r"小计$")
DASHES = re.compile(r"^(?:[-—－–]+|[×✕xX/／\\]|\*+)$")
FOOT = re.compile(
    r"^(?:注|备注|说明|填表说明|填报说明|附注|指标解释|单位负责人|部门负责人|负责人|分管领导|审核人?|复核人?|填表人|填报人|制表人?|"
    r"统计负责人|经办人|联系人|联系电话|电话|填报日期|报出日期|填表日期|报送日期|制表日期|日期|审核关系|逻辑关系)\s*[：:（(1-9一、.]"
)
ROW_HEADS = re.compile(
    r"^(?:指标(?:名称)?|项目(?:名称)?|名称|类别|种类|品种|品类|单位名称|企业名称|乡镇(?:场)?(?:名称)?|地区|内容|工作内容|统计指标|分类|类型|"
    r"环节|领域|行业|产品(?:名称|类别)?|检测项目|监测项目|检查对象|科目|事项|业态|场所|月份|季度)$"
)
NUMBERS = re.compile(r"^(?:序号|行次|编号|代码|行号|指标代码|代号|序|№|NO\.?)$", re.IGNORECASE)
UNITS = re.compile(r"^(?:计量)?单位$")
NOTES = re.compile(
    r"^(?:备注|说明|指标解释|填报说明|原因(?:说明)?|变动原因|数据来源|来源|责任单位|责任科室|填报单位|联系人|附注)$"
)
FIGURE = re.compile(  # as a figure that is not exact is said, or one that does not apply
    r"^(?:约|近|不足|不低于|不高于|超过|大于|小于|[≥≤<>])?[-+]?[0-9][0-9.,]*%?(?:余|多|以上|以下|以内|左右)?$|^(?:不适用|n/?a|无)$",
    re.IGNORECASE,
)
SIGNS = re.compile(r"^(?:甲|乙|丙|丁|[A-Z]|[0-9]{1,2}|[（(][0-9]{1,2}[)）]|[0-9]{1,2}=.*|[①-⑳]|栏次|—|-)$")
PRIOR = re.compile(r"(?:上年|去年|上一年|上期|上季|上月|往年|前年)")
CHANGE = re.compile(r"(?:同比|环比|增减|增幅|增长|增速|升降|较上|比上|与上年|±)")
TO_DATE = re.compile(
    r"(?:自?年初(?:以来|至今|至本[月季期]末?)?|本年|年内|当年)?累计(?:数|完成)?|本年以来|1[-—~～至]本?[0-9]*月(?:累计)?"
)
THIS_TIME = re.compile(
    r"^(?:本期|本月|本季度?|当期|当月|当季|本年|本期数|本月数|本季数|实际数?|完成数?|数量|数值|数据|本期实际|本年实际)$"
)
MONTH = re.compile(r"^(?:[0-9]{4}年)?(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月份?$")
QUARTER = re.compile(r"^(?:[0-9]{4}年)?(?:第?([一二三四1-4])季度?|[Qq]([1-4]))$")
HALF = re.compile(r"^(?:[0-9]{4}年)?(上半年|下半年)$")
YEAR = re.compile(r"^((?:19|20)[0-9]{2})年?度?$")
OVER_TIMES = re.compile(
    r"^(?:全年|年度|全年合计|年度合计|合计|总计|累计|本年累计|全年累计|小计|年累计|上半年|下半年|[一二三四1-4]季度?(?:小计|合计)?)$"
)
CUMULATIVE = re.compile(r"(?:累计|年初以来|年初至)")
STOCK = re.compile(r"(?:期末|年末|月末|季末|年底|现有|存量|在册|在营|保有|截至|持有|在用|在建|在监)")
# What each row of a list that a department writes is called, and columns of it that hold words.
OPEN_NAMES = re.compile(r"^(?:(?:项目|工程|企业|品牌|案件|标准|产品)(?:全称|名称))$")
OF_WORDS = re.compile(
    r"(?:(?:建设|施工|监理|设计|承建|实施|责任|主管|申报|获奖)(?:单位|部门)|地址|地点|位置|时间|日期|年月|负责人|联系人|电话|情况|内容|等级|"
    r"进度|状态|性质|代码|文号|编号)$"
)
# Columns of such a list that hold amounts, and amounts that add up to nothing.
AMOUNT = re.compile(
    r"(?:投资|金额|资金|经费|产值|收入|面积|长度|里程|总长|重量|数量|数|额|率|比例|占比|百分比|人次|批次|户次|家次|件次|台次|点次)$"
)
ADDS_UP_TO_NOTHING = re.compile(r"(?:率|比例|占比|百分比|单价|价格|均价|平均.*|人均.*|得分|分值|指数|年度?|排名|名次)$")
# What a downloaded sheet says below a figure that is made of its open rows.
OF_ROWS = re.compile(r"下列各行(?:的(个数)|“([^”]+)”(之和|中最大的))")
MORE = re.compile(r"^(?:…+|\.{2,}|。{2,}|……|可?(?:自行)?(?:添加|增加).{0,6})$")
DECIMALS = re.compile(r"保留([一二两三四1-4])位小数")
SHARE = re.compile(r"(?:率|比重|比例|占比|百分比)$")
SPLIT_BY = re.compile(r"^按.{1,20}(?:分|分组)?[：:]?$")
FACT = re.compile(
    r"^(表\s*号|报表编号|填报单位|报送单位|单位名称|填表单位|综合机关名称|上报单位|制表机关|制定机关|制定单位|"
    r"批准机关|批准文号|备案机关|备案文号|有效期至|有效期限|计量单位|单\s*位|报告期|报告期别|报告时间|报送时间|统计期|"
    r"所属期|所属时期|填报日期|填报时间|统计时间|日期|截止日期|报告频率|编号|截止?期|期别)"
    r"\s*(?:[（(](?:盖章|公章|签章)[)）])?\s*[：:]?\s*(.*)$"
)
FREQUENCIES = [
    (
        "month",
        re.compile(
            r"月报|每月|(?<![0-9—~～至\-])(?:[1-9]|1[0-2]|[一二三四五六七八九十]+|[_＿ 　]+)月份?(?![0-9日底末])"
        ),
    ),
    ("quarter", re.compile(r"季报|每季|季度")),
    ("half", re.compile(r"半年")),
    ("year", re.compile(r"年报|年度|每年")),
]
# Things of which so many are counted, beyond those that the catalogue knows.
COUNTED = frozenset(
    "个家户次人件台只部辆条所项组点处套座起类名张份头匹栋间眼口株羽例篇册期场队宗批艘架枚块盏把支根棵幢层档例课"
)


def squeezed(text: str) -> str:
    """In half-width signs without any blanks, which forms put between the letters of a word: 合　计."""
    return "".join(half_width(text).split())


def level_of_number(text: str) -> int | None:
    """0 for 一、, 1 for （一）, 2 for 1., 3 for (1); None without a number."""
    return next((level for level, pattern in enumerate(NUMBERED) if pattern.match(text)), None)


def without_number(text: str) -> str:
    level = level_of_number(text)
    return text if level is None else NUMBERED[level].sub("", text, count=1)

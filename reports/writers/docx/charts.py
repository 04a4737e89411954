"""A `Chart` as Word's own chart (DrawingML), with the workbook that Word opens to edit its numbers.

python-pptx writes the chart's XML, which is the same in every Office program; fonts, fills and numbers as printed
are set here.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from html import escape
from io import BytesIO

import xlsxwriter
from lxml import etree
from pptx.chart.chart import Chart as OfficeChart
from pptx.chart.data import CategoryChartData
from pptx.chart.xmlwriter import ChartXmlWriter
from pptx.dml.color import RGBColor
from pptx.dml.fill import FillFormat
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from reports.document.blocks import Chart
from reports.writers import pagination, svg
from reports.writers.docx.styles import FANGSONG, LATIN
from reports.writers.typography import MINUS, printed

_KINDS = {"bar": XL_CHART_TYPE.BAR_CLUSTERED, "column": XL_CHART_TYPE.COLUMN_CLUSTERED}
_SIZE = Pt(10)
_NOTHING = "<a:noFill/><a:ln><a:noFill/></a:ln>"


def chart_space(chart: Chart, workbook: str) -> bytes:
    """The chart's part; `workbook` is the id of its relation to the workbook."""
    kind = _KINDS["column" if svg.stands(chart, pagination.TEXT_WIDTH // 20) else "bar"]
    space = parse_xml(ChartXmlWriter(kind, _data(chart)).xml.encode())
    office = OfficeChart(space, None)
    office.has_title = False
    office.has_legend = len(chart.series) > 1
    if office.has_legend:
        office.legend.position, office.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    _set_axes(office, chart)
    _set_series(office)
    _set_numbers(space, chart)
    _set_fonts(office, space)
    _set_axis_ids(space)
    # No frame, no ground.
    space.find(qn("c:txPr")).addprevious(parse_xml(f"<c:spPr {nsdecls('c', 'a')}>{_NOTHING}</c:spPr>"))
    external = etree.SubElement(space, qn("c:externalData"), {qn("r:id"): workbook})
    etree.SubElement(external, qn("c:autoUpdate"), val="0")
    text: bytes = etree.tostring(space, xml_declaration=True, encoding="UTF-8", standalone=True)
    return text


def workbook(chart: Chart, made: datetime) -> bytes:
    """The chart's numbers as an Excel file: categories down, series across, as the chart refers to them."""
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.set_properties({"created": made})
        sheet = book.add_worksheet("Sheet1")
        sheet.write_column(1, 0, map(printed, chart.categories))
        for column, series in enumerate(chart.series, start=1):
            sheet.write_string(0, column, printed(series.name))
            for row, point in enumerate(series.points, start=1):
                if point.value is not None:
                    sheet.write_number(row, column, point.value, book.add_format({"num_format": _format(point.text)}))
    return stream.getvalue()


def _data(chart: Chart) -> CategoryChartData:
    data = CategoryChartData()
    data.categories = list(map(printed, chart.categories))
    for series in chart.series:
        # As digits: a Decimal may print itself with an exponent.
        data.add_series(printed(series.name), [p.value and Decimal(f"{p.value:f}") for p in series.points])
    return data


def _set_axes(office: OfficeChart, chart: Chart) -> None:
    axis = svg.scale(chart)
    values, categories = office.value_axis, office.category_axis
    # Where the axis begins and ends is no figure: python-pptx takes it as a float.
    values.minimum_scale, values.maximum_scale, values.major_unit = map(float, (axis.low, axis.high, axis.step))
    values.tick_labels.number_format = _format(max((f"{tick.normalize():f}" for tick in axis.ticks), key=_decimals))
    values.tick_labels.number_format_is_linked = False
    values.major_gridlines.format.line.color.rgb = RGBColor.from_string("BFBFBF")
    values.format.line.fill.background()
    categories.format.line.color.rgb = RGBColor.from_string("000000")
    # Beside the chart, not beside the axis, where bars below zero would cover them.
    categories.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if office.chart_type == XL_CHART_TYPE.BAR_CLUSTERED:
        # The first one on top, and the axis's numbers at the foot all the same: the side of the last category.
        categories.reverse_order, values.tick_label_position = True, XL_TICK_LABEL_POSITION.HIGH


def _set_axis_ids(space: etree._Element) -> None:
    """python-pptx writes them below zero, which the schema does not allow."""
    for element in space.iter(qn("c:axId"), qn("c:crossAx")):
        element.set("val", element.get("val").lstrip("-"))


def _set_series(office: OfficeChart) -> None:
    plot = office.plots[0]
    plot.gap_width, plot.overlap, plot.vary_by_categories = 60, 0, False
    for number, series in enumerate(plot.series):
        _fill(series.format.fill, svg.FILLS[number])
        series.format.line.color.rgb = RGBColor.from_string(svg.FILLS[0][1:].upper())
        series.invert_if_negative = False


def _fill(fill: FillFormat, colour: str) -> None:
    fill.solid()
    fill.fore_color.rgb = RGBColor.from_string(colour[1:].upper())


def _set_numbers(space: etree._Element, chart: Chart) -> None:
    """Every number shows the decimals that it is printed with, at its bar too."""
    for element, series in zip(space.iter(qn("c:ser")), chart.series, strict=True):
        labels = []
        for point in element.find(qn("c:val")).iter(qn("c:pt")):
            shown = _format(series.points[int(point.get("idx"))].text)
            point.set("formatCode", shown)
            labels.append(f'<c:dLbl><c:idx val="{point.get("idx")}"/>{_label(shown)}</c:dLbl>')
        made = parse_xml(f"<c:dLbls {nsdecls('c')}>{''.join(labels)}{_label('General')}</c:dLbls>")
        element.find(qn("c:cat")).addprevious(made)


def _label(shown: str) -> str:
    flags = ("LegendKey", "Val", "CatName", "SerName", "Percent", "BubbleSize")
    shows = "".join(f'<c:show{flag} val="{int(flag == "Val")}"/>' for flag in flags)
    return f'<c:numFmt formatCode="{escape(shown)}" sourceLinked="0"/><c:dLblPos val="outEnd"/>{shows}'


def _format(text: str) -> str:
    """An Excel format with the decimals of the text, and a minus sign for a hyphen."""
    shown = "0." + "0" * _decimals(text) if _decimals(text) else "0"
    return f'{shown};"{MINUS}"{shown}'


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])


def _set_fonts(office: OfficeChart, space: etree._Element) -> None:
    office.font.size, office.font.name = _SIZE, LATIN
    for latin in list(space.iter(qn("a:latin"))):
        east_asian = etree.Element(qn("a:ea"), typeface=FANGSONG)
        latin.addnext(east_asian)

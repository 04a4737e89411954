import pytest
from io import BytesIO
from sectors.spreadsheets.container import open_file
from sectors.reading.forms import recognition
from sectors.reading.forms.units import Units
from sectors.models import Submission, Unit
from tests import base
from tests.sectors.spreadsheets.workbooks import download
def test_x(cast, on):
    on("2023-02-01")
    base.period(cast.county,"2023Q1")
    known={}
    for u in Unit.objects.all():
        for s in (u.name,*u.also): known[s]=u.name
    for s in Submission.objects.all():
        d=download(s); b=open_file(BytesIO(d),len(d)); print(recognition.names(b))
        for row in b.worksheet(recognition.names(b)[0]).rows[:12]: print([str(x)[:25] for x in row])
        f=recognition.read(b,recognition.names(b)[0],Units(known))
        print("==",f.title,f.number,f.organisation,f.frequency,f.period)
        for t in f.tables:
            print("  table",t.number,t.code,t.name,[ (c.number,c.name,c.unit,c.decimals,c.use.value,c.total_of,c.code) for c in t.columns])
            for r in t.rows: print("    ",r.number,r.name,r.unit,r.decimals,"p",r.parent,r.group,r.use.value,r.total_of,r.required,r.code,r.doubts)
        for r in f.remarks: print("   ",r.address,r.text)
    assert 0

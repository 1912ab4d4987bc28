"""Markup that has crashed an HTML parser somewhere, or made one copy nodes about: a page is read or refused."""

from __future__ import annotations

from contextlib import suppress

import pytest

from asrcrawler.exceptions import PageVerdict
from tests.samaneh.template import TEXT, in_body, page, read

FORMS = (
    "<select><option><select><option selected>یک",
    "<select size=2 multiple><table><option selected><optgroup><option>دو</table></select>",
    "<option selected>سه<select><selectedcontent></selectedcontent><option selected>چهار",
    "<table><select><tr><option selected><td><option>پنج",
    "<select><button><selectedcontent></selectedcontent></button><option selected><b>شش</b></option></select>" * 30,
    "<svg><template>هفت",
    "<math><mi><select><option><svg><desc><option selected>",
    "<template><select><option></template><option selected>",
    "<select><optgroup><hr><optgroup><option selected><script>x</script></select><option>",
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", ["body", "after"])
def test_misnested_forms_do_no_harm(form: str, place: str) -> None:
    own, other = f"<p>{TEXT}</p>", f'<div class="body"><p>{TEXT}</p></div>'
    html = in_body(own + form) if place == "body" else page(body=other + form)
    with suppress(PageVerdict):
        assert TEXT in (read(html).body or "")

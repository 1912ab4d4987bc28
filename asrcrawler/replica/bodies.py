"""Write the body of an article as HTML, in each of three forms that editors leave it in, with noise among the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.replica.content import CELLS, Block, BlockKind
from asrcrawler.replica.handwriting import handwritten
from asrcrawler.replica.variations import BodyForm, LeadPicture, Noise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from asrcrawler.replica.content import Content, Picture
    from asrcrawler.replica.look import Look

ENDS = frozenset({Noise.SIGN_OFF, Noise.NEWS_END, Noise.AFTER_BODY})
"""Kinds of noise that end the text; what follows them is no part of it."""


def body_html(content: Content, look: Look, noise: Callable[[Noise], str]) -> str:
    """Write the content of the body's element; ``noise`` gives the HTML of a kind of noise."""
    blocks = _written(content.blocks, look)
    pieces = _FORMS[look.body_form](blocks)
    headings = {piece for piece, block in zip(pieces, blocks, strict=True) if block.kind is BlockKind.HEADING}
    ends = look.noise & ENDS
    _put_noise(pieces, sorted(look.noise - ends - {Noise.HOME_LINK}), look, noise, headings)
    _put_pictures(pieces, content.pictures, content.title, look)
    if Noise.HOME_LINK in look.noise:
        pieces.insert(0, noise(Noise.HOME_LINK))
    pieces += map(noise, sorted(ends))
    return "".join(pieces)


def lead_picture_html(picture: Picture, headline: str, look: Look) -> str:
    """Write the ``img`` of a lead picture; its title and alt repeat the headline."""
    name = _PICTURE_CLASSES[look.lead_picture]
    text = handwritten(headline, frozenset())
    return (
        f'<img class="{name}" title="{text}" src="{picture.path}" alt="{text}" width="500" height="313" align="left" />'
    )


def _written(blocks: Sequence[Block], look: Look) -> list[Block]:
    """Turn the lines of all blocks into HTML.

    All at once, because a replacement costs the same in a long text and in a short one.
    """
    if not blocks:
        return []
    text = handwritten("\x1f".join(line for block in blocks for line in block.lines), look.writing)
    lines = iter(text.split("\x1f"))
    written = [Block(block.kind, tuple(next(lines) for _ in block.lines)) for block in blocks]
    if not look.has_linked_headings:
        return written
    return [written[0], *map(_linked, written[1:-1]), *written[1:][-1:]]  # one stands between paragraphs


def _linked(block: Block) -> Block:
    """A sub-heading as a link to an earlier report; it is text all the same."""
    if block.kind is not BlockKind.HEADING:
        return block
    return Block(block.kind, tuple(f'<a href="/fa/news/1/x">{line}</a>' for line in block.lines))


# --- the three forms: one piece of HTML a block ------------------------------------------------------------------


def _as_paragraphs(blocks: Sequence[Block]) -> list[str]:
    pieces = []
    for place, block in enumerate(blocks):
        if block.kind is BlockKind.PARAGRAPH:
            pieces.append(f'<p style="text-align: right;">{_marked(block.lines[0], place)}</p>\n')
        elif block.kind is BlockKind.HEADING:
            pieces.append(f"<hr /><h3>{block.lines[0]}</h3>\n")
        else:
            pieces.append(_structure(block))
    return pieces


def _as_breaks(blocks: Sequence[Block]) -> list[str]:
    pieces = []
    for place, block in enumerate(blocks):
        ending = ("<br>", "<br><br>", "<br>&nbsp;", "<br>\n<br />")[place % 4]
        if block.kind is BlockKind.PARAGRAPH:
            pieces.append(block.lines[0] + ending)
        elif block.kind is BlockKind.HEADING:
            pieces.append(f"<strong>{block.lines[0]}</strong>{ending}")
        elif block.kind is BlockKind.LIST:
            pieces.append("".join(f"{line}<br>&nbsp;" for line in block.lines) + ending)
        elif block.kind is BlockKind.QUOTE:
            pieces.append(f"<em>{block.lines[0]}</em>{ending}")
        else:
            pieces.append(_structure(block))
    return pieces


def _as_word(blocks: Sequence[Block]) -> list[str]:
    pieces = []
    for place, block in enumerate(blocks):
        if block.kind in {BlockKind.TABLE, BlockKind.LIST}:
            pieces.append(_structure(block))
            continue
        line = _marked(block.lines[0], place)
        if block.kind is BlockKind.HEADING:
            line = f"<strong><u>{line}</u></strong>"
        match place % 3:
            case 0:
                span = '<span lang="FA" style="font-size:14.0pt; font-family:\'B Nazanin\'">'
                pieces.append(
                    f'<div class="MsoNormal" dir="RTL">{span}{line}</span></div><div>&nbsp;<div></div></div>\n'
                )
            case 1:
                pieces.append(f'<div><span><span style="color:#000">{line}</span></span><br></div><div> </div>')
            case _:
                pieces.append(f'<div dir="rtl"><strong></strong><span>{line}<br><br></span></div>\n')
    return pieces


_FORMS = {BodyForm.PARAGRAPHS: _as_paragraphs, BodyForm.BREAKS: _as_breaks, BodyForm.WORD: _as_word}


def _structure(block: Block) -> str:
    lines = block.lines
    match block.kind:
        case BlockKind.LIST:
            return "<ul>\n" + "".join(f"<li>{line}</li>\n" for line in lines) + "</ul>\n"
        case BlockKind.QUOTE:
            return f"<blockquote><p>{lines[0]}</p></blockquote>\n"
        case _:
            rows = "".join(f"<tr>{_cells(line)}</tr>\n" for line in lines)
            return f'<table class="MsoTableGrid" border="1" cellspacing="0"><tbody>\n{rows}</tbody></table>\n'


def _cells(row: str) -> str:
    return "".join(f"<td><p>{cell.strip()}</p></td>" for cell in row.split(CELLS.strip()))


def _marked(line: str, place: int) -> str:
    """Let every other paragraph begin in bold or with a link to a section; both are part of the text."""
    head, blank, rest = line.partition(" ")
    if not blank or "&" in head or "<" in head:
        return line
    match place % 4:
        case 1:
            return f"<strong>{head}</strong> {rest}"
        case 3:
            return f'<a href="/fa/services/3" target="_blank"><span>{head}</span></a> {rest}'
        case _:
            return line


# --- noise and pictures among the paragraphs ---------------------------------------------------------------------


def _put_noise(
    pieces: list[str], kinds: Sequence[Noise], look: Look, noise: Callable[[Noise], str], headings: set[str]
) -> None:
    """Spread the noise over the text, never before its first paragraph nor between a heading and its text.

    Nor before a heading that is a link: behind other links, nobody could tell that it is one.
    """
    for number, kind in enumerate(kinds):
        place = min(1 + 2 * number, len(pieces))
        while 0 < place < len(pieces) and (
            pieces[place - 1] in headings or (look.has_linked_headings and pieces[place] in headings)
        ):
            place += 1
        pieces.insert(place, _after_text(noise(kind), look))


def _after_text(html: str, look: Look) -> str:
    return f"<br>{html}<br>" if look.body_form is BodyForm.BREAKS else html


def _put_pictures(pieces: list[str], pictures: Sequence[Picture], headline: str, look: Look) -> None:
    for number, picture in enumerate(pictures[1:], start=1):
        place = min(3 * number, len(pieces))
        pieces.insert(place, _picture_html(picture, look))
    if not pictures or look.lead_picture is LeadPicture.ABOVE:
        return
    image = lead_picture_html(pictures[0], headline, look)
    if look.lead_picture is LeadPicture.CENTRED:
        pieces.insert(0, f'<p style="text-align: center;">{image}</p>\n')
    elif look.lead_picture is LeadPicture.FIGURE:
        caption = handwritten(headline, look.writing)
        pieces.insert(0, f"<figure>{image}<figcaption>{caption}</figcaption></figure>\n")
    else:
        pieces.insert(0, image if look.body_form is BodyForm.BREAKS else f"<p>{image}</p>")


def _picture_html(picture: Picture, look: Look) -> str:
    caption = handwritten(picture.caption or "", frozenset())
    source = f'src="/blank.gif" data-original="{picture.path}"' if look.has_late_pictures else f'src="{picture.path}"'
    return (
        '<p style="text-align: center;"><img class="image_btn img-responsive-news" style="margin: 0px;" '
        f'title="{caption}" {source} alt="{caption}" width="500" height="342" align=""></p>'
    )


_PICTURE_CLASSES = {
    LeadPicture.CORNER: "news_corner_image",
    LeadPicture.CENTRED: "image_btn",
    LeadPicture.ABOVE: "lead_image",
    LeadPicture.FIGURE: "image_btn",
}

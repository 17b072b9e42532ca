"""The lede that the body repeats is removed from the body, a sentence like it is not."""

from __future__ import annotations

import pytest

from pipelines import extract

PAGE = (
    "<html><head><title>Bản tin mực nước</title></head><body><article><h1>Bản tin mực nước</h1>"
    "<time class=date>21/11/2026 08:00</time><p class=lede><strong>{0}</strong></p>"
    "<div class=content>{1}<p>Bà con ven sông chú ý theo dõi bản tin tiếp theo của đài khí tượng"
    " thủy văn tỉnh, phát vào chiều nay.</p></div></article></body></html>"
)
LEDE = "Mực nước sông Lô tại trạm Ghềnh Gà lúc 7 giờ là 21 mét, dưới báo động một, xuống chậm."


def paragraphs(*texts: str) -> list[str]:
    body = "".join(f"<p>{text}</p>" for text in texts)
    return extract(PAGE.format(LEDE, body), url="https://a.vn/kinh-te/muc-nuoc-1.html").paragraphs


@pytest.mark.parametrize(
    "other",
    [
        LEDE.replace("21", "12"),
        LEDE.replace("21", "22"),
        LEDE.replace("7 giờ", "19 giờ"),
        LEDE.replace("Gà", "Gá"),
        LEDE.replace("Lô", "Gâm"),
    ],
)
def test_a_sentence_with_other_figures_or_names_than_the_lede_is_content(other: str) -> None:
    assert paragraphs(other)[0] == other


@pytest.mark.parametrize(
    "other", [LEDE, LEDE.rstrip("."), LEDE.upper(), LEDE.replace(", xuống", " – xuống")]
)
def test_the_lede_again_is_no_content(other: str) -> None:
    assert len(paragraphs(other)) == 1

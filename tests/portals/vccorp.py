"""A double of VCCorp's system."""

from __future__ import annotations

from tests.portals.portal import Portal
from tests.portals.stories import Story


class VCCorpPortal(Portal):
    """The moment of publication is the number of a story, in whatever section it is shown."""

    platform = "vccorp"
    mark = (
        '<link rel="preconnect" href="https://static.mediacdn.vn">'
        '<script>adminplayer="-102260228093004191.htm"</script>'
    )

    def article_path(self, one: Story, section: str) -> str:
        name = f"{one.slug}-{one.published:%Y%m%d%H%M%S}{one.number:03}.htm"
        return f"/{name}" if section == one.section else f"/{section}/{name}"

    def list_path(self, section: str, page: int) -> str:
        return f"/{section}.htm" if page == 1 else f"/{section}/trang-{page}.htm"

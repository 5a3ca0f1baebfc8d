"""The Library pane: tools over the whole library, one section each, built when first shown."""

from typing import NamedTuple


class SectionSpec(NamedTuple):
    """A section before it is built.

    `words` is the module of its words in `gui.strings`, which has the constant `word`; `target`
    is the class, a `Section`, as "module:Class".
    """

    key: str
    words: str
    word: str
    icon: str
    target: str


SECTIONS: tuple[SectionSpec, ...] = (
    SectionSpec(
        "folders",
        "library",
        "SECTION_FOLDERS",
        "folder",
        "vlm_desktop.gui.panes.library.folders_section:FoldersSection",
    ),
    SectionSpec(
        "set-aside",
        "library",
        "SECTION_SET_ASIDE",
        "set-aside",
        "vlm_desktop.gui.panes.library.set_aside_section:SetAsideSection",
    ),
    SectionSpec(
        "duplicates",
        "library",
        "SECTION_DUPLICATES",
        "grid-copies",
        "vlm_desktop.gui.panes.library.duplicates_section:DuplicatesSection",
    ),
    SectionSpec(
        "map",
        "explore",
        "SECTION_MAP",
        "photo-map",
        "vlm_desktop.gui.panes.library.map_section:MapSection",
    ),
    SectionSpec(
        "tags",
        "explore",
        "SECTION_TAGS",
        "tag",
        "vlm_desktop.gui.panes.library.tags_section:TagsSection",
    ),
    SectionSpec(
        "policies",
        "explore",
        "SECTION_POLICIES",
        "policy",
        "vlm_desktop.gui.panes.library.policies_section:PoliciesSection",
    ),
)
"""In the order of the list on the left."""

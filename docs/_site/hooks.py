"""What the site needs beyond MkDocs: files of the project beside docs/, and formulas.

config/README.md, which is long, becomes a page for each of its chapters.

Pages link to files of the project, such as ../config/README.md, so that the links also work where
the pages are read as Markdown. On the site, each of these files has a page, or one that shows its
text. Formulas become MathML, which browsers can draw. The reference of the core lists all of its
modules.
"""

from __future__ import annotations

import html
import posixpath
import re
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from markdown.extensions.toc import slugify
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

CONFIGURATION = "config/README.md"
ON_SITE = {
    CONFIGURATION: "reference/configuration.md",
    "results/README.md": "reference/results.md",
    "README.md": "index.md",
}
CHAPTERS = {
    "An experiment by example": "example",
    "`config.yaml`": "config",
    "`experiments/*.yaml`": "experiments",
    "Settings": "settings",
    "Figures": "figures",
    "Claims": "claims",
    "Metrics": "metrics",
    "Statistics": "statistics",
    "`datasets.yaml`": "datasets",
}
"""The chapters of config/README.md that begin a page, and the names of the pages."""
HEADING = re.compile(r"^(#+) (.*)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CORE = "<!-- modules of overfit.nn -->"
LANGUAGES = {".py": "python", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".md": "markdown"}
LINK = re.compile(r"(?<=\]\()(?P<path>[^)#\s:]+)(?P<anchor>#[^)\s]*)?(?=\))")
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)
EXTERNAL = re.compile(r"https://[\w.-]+\.[a-z]{2,}(/[^\s]*)?")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each file of the project that a page links to, and the configuration's."""
    for path, text in _chapters(config).items():
        files.append(File.generated(config, path, content=text))
    for page in list(files.documentation_pages()):
        for match in LINK.finditer(page.content_string):
            path = _in_project(match["path"], page.src_uri)
            if path and path not in ON_SITE and not files.get_file_from_path(_shown(path)):
                files.append(File.generated(config, _shown(path), content=_text(path, config)))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: MkDocsConfig, files: Files) -> str:
    """Turn links to files of the project into links to their pages; check addresses elsewhere."""
    for address in re.findall(r"\]\((\w+:[^)]*)\)", markdown):
        if not EXTERNAL.fullmatch(address):
            raise PluginError(f"{page.file.src_uri}: {address} is no address of the form https://…")

    def on_site(match: re.Match[str]) -> str:
        path = _in_project(match["path"], page.file.src_uri)
        if path is None:
            return match[0]
        target = ON_SITE.get(path, _shown(path))
        if path == CONFIGURATION and match["anchor"]:
            target = _places(config).get(match["anchor"][1:], target)
        start = posixpath.dirname(page.file.src_uri) or "."
        return posixpath.relpath(target, start) + (match["anchor"] or "")

    return LINK.sub(on_site, markdown).replace(CORE, _core(config))


def on_page_content(text: str, **_: Any) -> str:
    """Draw formulas."""

    def drawn(match: re.Match[str]) -> str:
        display = "block" if match[1] == "div" else "inline"
        return convert(html.unescape(match[2]), display=display)

    return FORMULA.sub(drawn, text)


def _chapters(config: MkDocsConfig) -> dict[str, str]:
    """The pages of the configuration: path, text. Links lead to the page of their anchor."""
    places = _places(config)

    def linked(text: str, path: str) -> str:
        def link(match: re.Match[str]) -> str:
            target = places.get(match[1], path)
            start = posixpath.relpath(target, posixpath.dirname(path))
            return f"](#{match[1]})" if target == path else f"]({start}#{match[1]})"

        return re.sub(r"\]\(#([\w-]+)\)", link, text)

    texts = _split(config)
    overview = ON_SITE[CONFIGURATION]
    listed = "".join(f"* [{title}](configuration/{name}.md)\n" for title, name in CHAPTERS.items())
    return {path: linked(text, path) for path, text in texts.items()} | {
        overview: f"{texts[overview]}\n## Reference\n\n{listed}"
    }


def _places(config: MkDocsConfig) -> dict[str, str]:
    """The page of each anchor of config/README.md."""
    return {
        slugify(re.sub("[`*]", "", heading[2]), "-"): path
        for path, text in _split(config).items()
        for heading in HEADING.finditer(FENCED.sub("", text))
    }


def _split(config: MkDocsConfig) -> dict[str, str]:
    """The text of each page of the configuration; their headings are one level higher."""
    file = Path(config.config_file_path).parent / CONFIGURATION
    path, pages = ON_SITE[CONFIGURATION], {}
    for part in re.split(r"^(?=## )", file.read_text(encoding="utf-8"), flags=re.MULTILINE):
        head, _, _ = part.removeprefix("## ").partition("\n")
        if name := CHAPTERS.get(head):
            path = f"reference/configuration/{name}.md"
            part = re.sub(r"^#(?=#+ )", "", part, flags=re.MULTILINE)
        pages[path] = pages.get(path, "") + part
    if missing := CHAPTERS.keys() - {text[2:].partition("\n")[0] for text in pages.values()}:
        raise PluginError(f"{CONFIGURATION} has no chapter {', '.join(sorted(missing))}")
    return pages


def _core(config: MkDocsConfig) -> str:
    """A reference of each module of the core."""
    package = Path(config.config_file_path).parent / "workflow" / "overfit" / "nn"
    modules = sorted(path.relative_to(package).with_suffix("") for path in package.rglob("*.py"))
    names = [".".join(module.parts) for module in modules if module.name != "__init__"]
    return "\n\n".join(f"::: overfit.nn.{name}" for name in names)


def _in_project(link: str, page: str) -> str | None:
    """The path in the project of what a page links to, if that is outside of docs/."""
    path = posixpath.normpath(posixpath.join("docs", posixpath.dirname(page), link))
    return None if path.startswith(("docs/", "..")) else path


def _shown(path: str) -> str:
    return f"source/{path}.md"


def _text(path: str, config: MkDocsConfig) -> str:
    file = Path(config.config_file_path).parent / path
    if not file.is_file():
        raise PluginError(f"a page links to {path}, which does not exist")
    language = LANGUAGES.get(file.suffix, "text")
    return f"# {path}\n\n````{language}\n{file.read_text(encoding='utf-8').rstrip()}\n````\n"

"""What the site needs beyond MkDocs: files of the project beside docs/, and formulas.

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
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

ON_SITE = {
    "config/README.md": "reference/configuration.md",
    "results/README.md": "reference/results.md",
    "README.md": "index.md",
}
CORE = "<!-- modules of overfit.nn -->"
LANGUAGES = {".py": "python", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".md": "markdown"}
LINK = re.compile(r"(?<=\]\()(?P<path>[^)#\s:]+)(?P<anchor>#[^)\s]*)?(?=\))")
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)
EXTERNAL = re.compile(r"https://[\w.-]+\.[a-z]{2,}(/[^\s]*)?")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each file of the project that a page links to."""
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
        start = posixpath.dirname(page.file.src_uri) or "."
        return posixpath.relpath(target, start) + (match["anchor"] or "")

    return LINK.sub(on_site, markdown).replace(CORE, _core(config))


def on_page_content(text: str, **_: Any) -> str:
    """Draw formulas."""

    def drawn(match: re.Match[str]) -> str:
        display = "block" if match[1] == "div" else "inline"
        return convert(html.unescape(match[2]), display=display)

    return FORMULA.sub(drawn, text)


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

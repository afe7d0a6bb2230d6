"""Vega, Vega-Lite and Vega-Embed as one script that asks for nothing else."""

from __future__ import annotations

from functools import cache


@cache
def library() -> str:
    """The script, which defines `vegaEmbed`.

    Vega compiles the expressions of a chart with `Function`, which the page's policy forbids.
    Vega-Embed therefore brings an interpreter, and uses it with its option `ast`.

    Raises:
        ValueError: the script would end the element that it stands in.
    """
    import vl_convert

    script = str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
    if "</script" in script.lower() or "<!--" in script:
        raise ValueError("Vega's script holds `</script` or `<!--` and can't stand in a page")
    return script

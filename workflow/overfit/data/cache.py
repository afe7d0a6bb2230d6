"""The user's cache folder: where downloads are kept."""

from __future__ import annotations

from pathlib import Path

from overfit.results import unwritable


def cache_folder(name: str) -> Path:
    """The folder of a program in the user's cache; below `~` if the user has no home."""
    import pooch

    try:
        return Path(pooch.os_cache(name))
    except RuntimeError:  # some versions of platformdirs return a path below ~
        return Path("~", ".cache", name)


def cache_mistake(folder: Path) -> str | None:
    """Why a folder of the user's cache can't be written, and what to do; None if it can."""
    reason = "HOME is not set" if folder.parts[0] == "~" else unwritable(folder)
    return reason and (
        f"the cache folder {folder} can't be written: {reason}; "
        "set XDG_CACHE_HOME to a folder that can be written"
    )

"""Parts that come in several kinds, told apart by a key such as `name`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Union

from pydantic import BaseModel, Discriminator, Tag


def told_apart_by(key: str, what: str, allowed: Iterable[str]) -> Discriminator:
    """Chooses the member of a union whose tag is `<NAME>`, NAME being what stands at `key`.

    Args:
        key: the key that holds the name.
        what: what the kinds are kinds of, for the sentence that says that there is no such kind.
        allowed: the names.
    """

    def tag(value: Any) -> str:
        return f"<{value.get(key) if isinstance(value, dict) else getattr(value, key, None)}>"

    context: dict[str, Any] = {"key": key, "what": what, "allowed": list(allowed)}
    return Discriminator(
        tag,
        custom_error_type="unknown_name",
        custom_error_message="unknown name",
        custom_error_context=context,
    )


def one_of(kinds: Mapping[str, type[BaseModel]], key: str, what: str) -> Any:
    """The union of the models of several kinds, told apart by what stands at `key`.

    Args:
        kinds: the models by name.
        key: the key that holds the name.
        what: what the kinds are kinds of.
    """
    members = tuple(Annotated[model, Tag(f"<{name}>")] for name, model in kinds.items())
    return Annotated[Union[members], told_apart_by(key, what, kinds)]  # noqa: UP007, not known here


def by_its_name(value: Any) -> Any:
    """`he` for {name: he}."""
    return {"name": value} if isinstance(value, str) else value


def switch(value: Any) -> Any:
    """True is on with defaults, false is off."""
    return {} if value is True else None if value is False else value

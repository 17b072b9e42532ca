"""What every page of ours does: read the database, and fill a template."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

Result = TypeVar("Result")


async def read(datasette: Datasette, function: Callable[[Database], Result]) -> Result:
    """Run a function of the store on the database, in one of Datasette's threads."""
    database = datasette.get_database()
    result: Result = await database.execute_fn(lambda connection: function(Database(connection)))
    return result


async def show(
    datasette: Datasette, request: Request, template: str, context: dict[str, Any]
) -> Response:
    """The page that a template makes of a context."""
    return Response.html(await datasette.render_template(template, context, request=request))

"""Answer a request again where another program wrote to the archive's file while it was read."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from fastapi.routing import APIRoute

from asrcrawler.exceptions import MovedError
from asrcrawler.storage.engine.database import BETWEEN_LOOKS, LOOKS

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fastapi import Request, Response


class ReadAgain(APIRoute):
    """A route whose handler only reads, so that it can be called again."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def answer_again(request: Request) -> Response:
            for _ in range(LOOKS - 1):
                with suppress(MovedError):
                    return await answer(request)
                await asyncio.sleep(BETWEEN_LOOKS)
            return await answer(request)

        return answer_again

"""A receiver with Starlette, for uvicorn."""

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from record import record


async def receive(request):
    record(await request.body())
    return PlainTextResponse("received")


app = Starlette(routes=[Route("/webhooks", receive, methods=["POST"])])

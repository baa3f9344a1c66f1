"""A receiver with aiohttp."""

import os

from aiohttp import web

from record import record


async def receive(request):
    record(await request.read())
    return web.Response(status=202)


app = web.Application()
app.router.add_post("/webhooks", receive)
web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None)

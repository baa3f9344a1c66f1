"""A receiver with Flask, for gunicorn."""

from flask import Flask, request

from record import record

app = Flask(__name__)


@app.post("/webhooks")
def receive():
    record(request.get_data())
    return {"received": True}

"""Belvo's errors: an array of problems that share a request id."""

import re


def check(problems, *expected):
    """The problems are exactly the expected ones, with a request id each."""
    assert [without_request_id(problem) for problem in problems] == list(expected)
    [request_id] = {problem["request_id"] for problem in problems}
    assert re.fullmatch("[0-9a-f]{32}", request_id)


def without_request_id(problem):
    return {key: value for key, value in problem.items() if key != "request_id"}

"""Registers links one after the other, by a session of requests with its defaults.

Arguments: the URL, the header Authorization, the body, the count.
"""

import sys

import requests

url, authorization, body, count = sys.argv[1:]
headers = {"Authorization": authorization, "Content-Type": "application/json"}
failures = 0
with requests.Session() as session:
    for number in range(int(count)):
        try:
            response = session.post(url, data=body, headers=headers)
            if response.status_code != 201:
                raise ValueError(f"status {response.status_code}")
        except (requests.RequestException, ValueError) as failure:
            failures += 1
            print(f"request {number}: {failure!r}", file=sys.stderr)
print(f"requests: {failures} of {count} failed")
sys.exit(failures > 0)

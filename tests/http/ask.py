"""Two calls that a shell script cannot make by itself.

ask.py get ADDRESS                      prints what is there
ask.py sign-in ADDRESS NAME PASSWORD    prints the session's cookie
"""

import json
import sys
from urllib.request import ProxyHandler, Request, build_opener

what, address, *rest = sys.argv[1:]
# The server under test listens on this machine: no proxy may come between.
opener = build_opener(ProxyHandler({}))
if what == "get":
    with opener.open(address) as answer:
        sys.stdout.write(answer.read().decode())
else:
    name, password = rest
    request = Request(
        f"{address}/api/v1/session",
        data=json.dumps({"user": name, "password": password}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with opener.open(request) as answer:
        print(answer.headers["Set-Cookie"].split(";")[0])

"""A city of its own, served by the real binary, for the tests of MQTT."""

import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

# The server under test listens on this machine: no proxy may come between.
OPENER = build_opener(ProxyHandler({}))


class City:
    """An empty city with a steward, and partners as they are asked for."""

    def __init__(self, binary, *settings):
        self.binary = binary
        self.settings = settings
        self.folder = tempfile.TemporaryDirectory()
        self.data = Path(self.folder.name) / "data"
        self.keys = {}
        # Free ports at first, and the same again later.
        self.mqtt, self.http = 0, 0
        self.process = None
        self.person("steward", "steward")

    def command(self, *words):
        return subprocess.run(
            [self.binary, "--data", self.data, "--lang", "en", *words],
            check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL,
        ).stdout

    def person(self, name, role):
        """Makes an account with a key, and gives the key."""
        self.command("user", "add", name, "--role", role, "--generate")
        return self.new_key(name)

    def new_key(self, name):
        said = json.loads(self.command("--json", "user", "key", name))
        self.keys[name] = said["key"]
        return said["key"]

    def start(self, *more):
        settings = [f"mqtt_listen=127.0.0.1:{self.mqtt}", *self.settings, *more]
        flags = [flag for setting in settings for flag in ("--set", setting)]
        self.process = subprocess.Popen(
            [self.binary, "--data", self.data, *flags, "serve", "--listen", f"127.0.0.1:{self.http}"],
            stdout=subprocess.PIPE, stderr=open(self.data.parent / "log", "a"), text=True,
        )
        self.address = None
        for line in self.process.stdout:
            _, _, url = line.strip().partition("listening on ")
            if url.startswith("mqtt"):
                self.mqtt = int(url.rsplit(":", 1)[1])
            elif url.startswith("http"):
                self.address, self.http = url, int(url.rsplit(":", 1)[1])
                break
        if self.address is None:
            raise SystemExit((self.data.parent / "log").read_text())
        return self

    def kill(self):
        """As a power cut would, as far as the process goes."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)

    def call(self, who, method, path, body=None, seen=None):
        """Calls the interface; what has versions is put over the one that was seen."""
        request = Request(
            self.address + path.replace(" ", "%20"), method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.keys[who]}", "Content-Type": "application/json",
                     "Accept-Language": "en", **({} if seen is None else {"If-Match": f'"{seen}"'})},
        )
        try:
            with OPENER.open(request) as answer:
                text = answer.read().decode()
                return json.loads(text) if text else answer.headers.get("Location")
        except HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from None

    def thing(self, name):
        """A thing with one datastream: the numbers of both."""
        body = {
            "name": name, "description": "", "Datastreams": [{
                "name": "level", "description": "", "observationType": "OM_Measurement",
                "unitOfMeasurement": {"name": "metre", "symbol": "m", "definition": "ucum:m"},
                "properties": {"range": [0, 300]},
                "Sensor": {"name": "s", "description": "", "encodingType": "text/plain", "metadata": "x"},
                "ObservedProperty": {"name": "level", "definition": "http://x", "description": ""},
            }],
        }
        thing = self.call("steward", "POST", "/sta/v1.1/Things", body)["@iot.id"]
        streams = self.call("steward", "GET", f"/sta/v1.1/Things({thing})/Datastreams")
        return thing, streams["value"][0]["@iot.id"]

    def results(self, stream):
        """The results of a datastream, in the order in which they came."""
        answer = self.call(
            "steward", "GET", f"/sta/v1.1/Datastreams({stream})/Observations?$orderby=id&$top=1000")
        return [one["result"] for one in answer["value"]]

    def device(self, name):
        return next(d for d in self.call("steward", "GET", "/api/v1/devices") if d["name"] == name)


def eventually(check, within=10):
    """Waits until something holds."""
    until = time.monotonic() + within
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > until:
            raise AssertionError("it did not come to hold")
        time.sleep(0.02)


class Relay:
    """A wire between client and server that lets everything through to the
    server, and answers back only until `deaf` is set."""

    def __init__(self, port):
        import socket
        self.port_behind = port
        self.deaf = False
        self.passed = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        import socket
        while True:
            front, _ = self.listener.accept()
            try:
                back = socket.create_connection(("127.0.0.1", self.port_behind))
            except OSError:
                front.close()
                continue
            threading.Thread(target=self.copy, args=(front, back, False), daemon=True).start()
            threading.Thread(target=self.copy, args=(back, front, True), daemon=True).start()

    def copy(self, source, target, is_answer):
        import socket
        try:
            while data := source.recv(65536):
                if is_answer and self.deaf:
                    continue
                if not is_answer:
                    self.passed += len(data)
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

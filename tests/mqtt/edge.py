"""A gateway beside its city: python edge.py BINARY."""

import json
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime, timezone
from urllib.request import Request

from city import OPENER, City, eventually

RULE = {"code": "level-high", "rule": {
    "name": {"zh": "水位过高", "en": "Level high"}, "cause": "ponding",
    "when": {"one": {"measure": {"value": {}}, "levels": [{"at": 100, "colour": "orange"}],
                     "streams": {"properties": ["level"]}}}}}


LAST = [0]


def at():
    """Now, and later than any time before."""
    LAST[0] = max(LAST[0] + 1, time.time_ns() // 1_000_000)
    return datetime.fromtimestamp(LAST[0] / 1000, timezone.utc).isoformat(timespec="milliseconds")


class Gateway:
    def __init__(self, binary, city, trust=None):
        self.binary, self.city = binary, city
        self.home = city.data.parent / f"gateway-{time.monotonic_ns()}"
        self.data = self.home / "data"
        self.home.mkdir()
        (self.home / "trust").write_text(trust or OPENER.open(city.address + "/trail/vkey").read().decode())
        (self.home / "key").write_text(city.keys["gateway"])
        self.address, self.found, self.port = city.address, [], 0
        self.keys = {}
        for name, role in (("sensor", "partner"), ("desk", "operator")):
            self.command("user", "add", name, "--role", role, "--generate")
            self.keys[name] = json.loads(self.command("--json", "user", "key", name))["key"]

    def command(self, *words):
        return subprocess.run([self.binary, "--data", self.data, *words], check=True, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL).stdout

    def start(self, *options):
        self.process = subprocess.Popen(
            [self.binary, "--data", self.data, "--set", f"mqtt_listen=127.0.0.1:{self.port}", "edge",
             "--city", self.address, "--trust", self.home / "trust", "--key", self.home / "key",
             *options],
            stdout=subprocess.PIPE, stderr=open(self.home / "log", "a"), text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on mqtt://"):
            return False
        self.port = int(line.strip().rsplit(":", 1)[1])
        threading.Thread(target=self.listen, args=(self.process,), daemon=True).start()
        return True

    def listen(self, process):
        for line in process.stdout:
            self.found.append(json.loads(line))

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def log(self):
        return (self.home / "log").read_text()

    def state(self):
        kept = self.data / "edge.json"
        return json.loads(kept.read_text())

    def bundle(self):
        kept = self.data / "edge-bundle.json"
        return json.loads(kept.read_text()) if kept.exists() else None

    def publish(self, topic, *says):
        """At QoS 1, many on one connection; whether all are acknowledged."""
        done = subprocess.run(
            ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.port), "-V", "311", "-u", "sensor",
             "-P", self.keys["sensor"], "-q", "1", "-t", topic, "-l"],
            input="".join(json.dumps(one) + "\n" for one in says), capture_output=True, text=True, timeout=30)
        return done.returncode == 0

    def last_alert(self):
        """The last finding, as a subscriber at the gateway gets it."""
        done = subprocess.run(
            ["mosquitto_sub", "-h", "127.0.0.1", "-p", str(self.port), "-V", "311", "-u", "desk",
             "-P", self.keys["desk"], "-t", "alerts/#", "-C", "1", "-W", "10"], capture_output=True, text=True)
        return json.loads(done.stdout)


def main(binary):
    city = City(binary)
    city.person("gateway", "partner")
    city.start()
    gateway = None
    try:
        thing, stream = city.thing("gauge")
        city.call("steward", "PUT", "/api/v1/devices/gateway", {"things": [thing], "most_per_minute": 1_000_000}, seen=0)
        # The levels of a rule are in the stream's unit.
        request = Request(city.address + "/api/v1/rules", method="POST", data=json.dumps(RULE).encode(), headers={
            "Authorization": f"Bearer {city.keys['steward']}", "Content-Type": "application/json", "If-Match": '"0"'})
        OPENER.open(request)
        city.call("steward", "PUT", "/api/v1/mqtt/mappings/level", {"value": {
            "active": True, "topic": "gauge/level", "streams": {"": stream}, "result": "/m"}}, seen=0)

        # A bundle that another city signed is not used.
        other = City(binary).start()
        stranger = Gateway(binary, city, OPENER.open(other.address + "/trail/vkey").read().decode())
        other.stop()
        assert stranger.start()
        eventually(lambda: "a bundle is refused" in stranger.log())
        assert stranger.bundle() is None
        stranger.kill()

        gateway = Gateway(binary, city)
        assert gateway.start()
        eventually(gateway.bundle)
        own = f"v1.1/Datastreams({stream})/Observations"
        assert gateway.publish(own, {"result": 5, "phenomenonTime": at()})
        assert gateway.publish("gauge/level", {"m": 6})
        eventually(lambda: city.results(stream) == [5, 6])

        # Cut off: it judges by itself, and what was not passed on outlives it.
        city.kill()
        assert gateway.publish(own, {"result": 120, "phenomenonTime": at()})
        alert = eventually(lambda: gateway.found and gateway.found[0])
        assert (alert["rule"], alert["to"], alert["streams"]) == ("level-high", "orange", [stream]), alert
        assert gateway.last_alert() == alert
        assert gateway.publish(own, *({"result": 20 + n, "phenomenonTime": at()} for n in range(30)))
        eventually(lambda: "it is tried again" in gateway.log())
        gateway.kill()
        assert gateway.start(), gateway.log()
        assert gateway.publish(own, {"result": 130, "phenomenonTime": at()})
        eventually(lambda: [one["to"] for one in gateway.found[-1:]] == ["orange"])
        city.start()
        expected = [5, 6, 120, *range(20, 50), 130]
        eventually(lambda: len(city.results(stream)) == len(expected), 40)
        assert city.results(stream) == expected, city.results(stream)

        # Killed again and again while it passes readings on.
        for n in range(6):
            more = list(range(n * 20, n * 20 + 20))
            assert gateway.publish(own, *({"result": r, "phenomenonTime": at()} for r in more))
            expected += more
            gateway.kill()
            if n == 3:
                city.kill()
                city.start()
            assert gateway.start(), gateway.log()
        eventually(lambda: len(city.results(stream)) >= len(expected), 40)
        time.sleep(0.5)
        assert city.results(stream) == expected, city.results(stream)

        # Cut off for longer than its buffer holds: the oldest are left out, and the city is
        # told how many.
        gateway.kill()
        city.kill()
        assert gateway.start("--buffer", "10"), gateway.log()
        more = list(range(200, 240))
        assert gateway.publish(own, *({"result": r, "phenomenonTime": at()} for r in more))
        eventually(lambda: "beyond=" in gateway.log())
        city.start()

        def told():
            devices = city.call("steward", "GET", "/api/v1/devices")
            says = next(one["gateway"] for one in devices if one["name"] == "gateway")
            return says and says["dropped"] and says["waiting"] == 0 and says
        says = eventually(told, 40)
        passed_on = city.results(stream)[len(expected):]
        # What was under way when the city went stays the same; then come the last ten.
        under_way = len(passed_on) - 10
        assert passed_on == more[:under_way] + more[-10:], passed_on
        assert says["dropped"] == len(more) - len(passed_on) > 0, says
        assert says["buffer"] == 10 and says["dropped_at"], says
        request = Request(city.address + "/metrics", headers={"Authorization": f"Bearer {city.keys['steward']}"})
        figure = 'yiwang_gateway_dropped_total{gateway="gateway"} %d' % says["dropped"]
        assert figure in OPENER.open(request).read().decode()

        # An altered bundle is refused at the start.
        gateway.kill()
        bundle = gateway.bundle()
        bundle["bundle"] = bundle["bundle"].replace('"at":100', '"at":900')
        assert "900" in bundle["bundle"], bundle
        (gateway.data / "edge-bundle.json").write_text(json.dumps(bundle))
        assert not gateway.start() and gateway.process.wait() == 1
    except BaseException:
        if gateway:
            print(gateway.log()[-3000:], file=sys.stderr)
        raise
    finally:
        city.stop()
        if gateway and gateway.process.poll() is None:
            gateway.kill()
    print("a gateway, cut off and killed: passed")


main(sys.argv[1])

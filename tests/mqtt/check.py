"""The real binary with real clients: python check.py BINARY."""

import json
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from city import City, Relay, eventually

V311 = paho.MQTTv311


def mosquitto(city, program, who, *words, key=None, **options):
    key = city.keys[who] if key is None else key
    return subprocess.Popen(
        ["stdbuf", "-oL", f"mosquitto_{program}", "-h", "127.0.0.1", "-p", str(city.mqtt), "-V", "311",
         "-u", who, "-P", key, *words],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)


def publish(city, who, topic, says, *words, **options):
    """Publishes at QoS 1 and waits for the acknowledgement."""
    says = says if isinstance(says, str) else json.dumps(says)
    done = mosquitto(city, "pub", who, "-q", "1", "-t", topic, "-m", says, *words, **options)
    out, _ = done.communicate(timeout=20)
    return done.returncode, out


def subscribe(city, who, topic, count, *words, **options):
    """Subscribes, and gives a function that waits for so many messages."""
    process = mosquitto(city, "sub", who, "-d", "-W", "20", "-F", "|%t %r %p", "-C", str(count), "-t", topic, *words, **options)
    heard = []
    for line in process.stdout:
        if "SUBACK" in line:
            break
        if line.startswith("|"):
            heard.append(line)

    def messages():
        lines = heard + [line for line in process.stdout if line.startswith("|")]
        process.wait()
        return [tuple(line.strip()[1:].split(" ", 2)) for line in lines]
    return messages


class Client:
    """A paho client that remembers what it heard."""

    def __init__(self, city, who, name, clean=True, port=None, will=None, keepalive=60, key=None):
        self.heard, self.granted, self.code = [], [], None
        self.client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=clean, protocol=V311)
        self.client.username_pw_set(who, key or city.keys[who])
        self.client.on_message = lambda _c, _u, message: self.heard.append(message)
        self.client.on_subscribe = lambda _c, _u, _m, codes, _p: self.granted.append([c.value for c in codes])
        self.client.on_connect = self.connected
        self.connects = 0
        self.present = None
        self.client.reconnect_delay_set(0.1, 0.2)
        if will:
            self.client.will_set(*will)
        self.client.connect("127.0.0.1", port or city.mqtt, keepalive=keepalive)
        self.client.loop_start()

    def connected(self, _client, _user, flags, code, _properties):
        self.connects += 1
        self.code, self.present = code, flags.session_present

    def ready(self):
        eventually(lambda: self.code is not None and self.client.is_connected())
        return self

    def subscribe(self, *filters):
        before = len(self.granted)
        self.client.subscribe([(one, 1) for one in filters])
        eventually(lambda: len(self.granted) > before)
        return self.granted[-1]

    def end(self):
        self.client.disconnect()
        self.client.loop_stop()

    def cut(self):
        """Ends without saying so."""
        self.client.loop_stop()
        self.client.socket().close()


def readings(city):
    thing, stream = city.thing("gauge 1")
    city.call("steward", "PUT", "/api/v1/devices/gauge-1", {"things": [thing], "most_per_minute": 100_000}, seen=0)
    own = f"v1.1/Datastreams({stream})/Observations"
    everything = subscribe(city, "steward", "v1.1/Observations", 3, "-q", "1")
    selected = subscribe(city, "steward", f"{own}?$select=result", 3, "-q", "1")
    assert publish(city, "gauge-1", own, {"result": 1.5, "phenomenonTime": "2026-01-31T08:00:00Z"})[0] == 0
    assert city.results(stream) == [1.5], "acknowledged is durable"
    body = {"result": 2, "Datastream": {"@iot.id": stream}}
    assert publish(city, "gauge-1", "v1.1/Observations", body)[0] == 0
    city.call("app", "POST", f"/sta/v1.1/Datastreams({stream})/Observations", {"result": 3})
    assert city.results(stream) == [1.5, 2, 3]
    heard = [json.loads(says) for _, _, says in everything()]
    assert [one["result"] for one in heard] == [1.5, 2, 3], heard
    assert heard[0]["phenomenonTime"].startswith("2026-01-31T08:00:00"), heard[0]
    assert [json.loads(says) for _, _, says in selected()] == [{"result": r} for r in (1.5, 2, 3)]
    return thing, stream


def refusals(city, stream):
    other = city.thing("not its own")[1]
    own = f"v1.1/Datastreams({stream})/Observations"
    told = Client(city, "gauge-1", "told").ready()
    assert told.subscribe("refusals/gauge-1", "v1.1/#", "#", "refusals/app") == [1, 128, 128, 128]
    for key in ("wrong", city.keys["app"]):
        code, said = publish(city, "gauge-1", own, {"result": 1}, key=key)
        assert code != 0 and "bad user name or password" in said.lower(), said
    assert publish(city, "gauge-1", own, "not json")[0] == 0, "it would never become JSON"
    assert publish(city, "gauge-1", own, {"result": 999})[0] == 0
    assert publish(city, "gauge-1", f"v1.1/Datastreams({other})/Observations", {"result": 1})[0] == 0
    code, said = publish(city, "gauge-1", "gates/7/state", "open", "--repeat", "1")
    eventually(lambda: len(told.heard) >= 4)
    codes = [json.loads(message.payload)["code"] for message in told.heard[:4]]
    assert codes == ["sta.malformed", "reading.impossible", "reading.out-of-turn", "mqtt.topic"], codes
    why = json.loads(told.heard[1].payload)
    assert why["detail"]["zh"] and why["allowed"] == ["0–300"], why
    device = city.device("gauge-1")
    assert device["malformed"] == 1 and device["refused"] >= 2, device
    assert city.results(stream) == [1.5, 2, 3] and city.results(other) == []
    told.end()


def topics(city, thing):
    city.call("steward", "PUT", "/api/v1/devices/gate-7", {
        "things": [], "most_per_minute": 1000,
        "publish": ["gates/7/+"], "subscribe": ["gates/7/command", "gates/+/state"]}, seen=0)
    gate = Client(city, "gate-7", "gate", will=("gates/7/state", "lost", 1, True)).ready()
    assert gate.subscribe("gates/7/command", "gates/8/command", "gates/#") == [1, 128, 128]
    gate.client.publish("gates/7/state", "shut", 1, retain=True).wait_for_publish(10)
    late = subscribe(city, "gate-7", "gates/+/state", 2, "-q", "1")
    gate.cut()
    got = late()
    assert got == [("gates/7/state", "1", "shut"), ("gates/7/state", "0", "lost")], got
    # Whoever is silent for one and a half times its keep-alive is gone.
    text = lambda said: struct.pack(">H", len(said)) + said.encode()
    body = (text("MQTT") + b"\x04\xc2\x00\x01" + text("silent") + text("gate-7") + text(city.keys["gate-7"]))
    with socket.create_connection(("127.0.0.1", city.mqtt), timeout=10) as silent:
        silent.sendall(b"\x10" + bytes([len(body)]) + body)
        assert silent.recv(4) == b"\x20\x02\x00\x00"
        began = time.monotonic()
        assert silent.recv(1) == b"" and time.monotonic() - began >= 1.4
    # A session that stays gets what it missed, and more than its bound is not kept.
    desk = Client(city, "gate-7", "desk", clean=False).ready()
    desk.subscribe("gates/7/state")
    eventually(lambda: len(desk.heard) == 1)
    desk.end()
    for says in ("a", "b"):
        assert publish(city, "gate-7", "gates/7/state", says)[0] == 0
    desk = Client(city, "gate-7", "desk", clean=False).ready()
    assert desk.present
    eventually(lambda: [m.payload for m in desk.heard] == [b"a", b"b"])
    # Somebody of the same name takes the session over.
    new = Client(city, "gate-7", "desk", clean=False)
    eventually(lambda: new.connects and not desk.client.is_connected())
    desk.client.loop_stop()
    new.end()


def again(city, stream):
    """The acknowledgement is lost: the message is sent again and kept once."""
    relay = Relay(city.mqtt)
    own = f"v1.1/Datastreams({stream})/Observations"
    before = city.results(stream)
    client = Client(city, "gauge-1", "lossy", clean=False, port=relay.port).ready()
    relay.deaf = True
    client.client.publish(own, json.dumps({"result": 10}), 1)
    client.client.publish(own, json.dumps({"result": 11, "phenomenonTime": "2026-02-01T00:00:00Z"}), 1)
    eventually(lambda: len(city.results(stream)) == len(before) + 2)
    city.kill()
    relay.deaf = False
    city.start()
    eventually(lambda: client.connects == 2 and client.client.is_connected())
    client.client.publish(own, json.dumps({"result": 12}), 1).wait_for_publish(10)
    assert city.results(stream) == before + [10, 11, 12], city.results(stream)
    client.end()


def killed(city, stream):
    """Killed under load: nothing that was acknowledged is lost, nothing is kept twice."""
    own = f"v1.1/Datastreams({stream})/Observations"
    before = len(city.results(stream))
    clients = [Client(city, "gauge-1", f"load-{n}", clean=False).ready() for n in range(3)]
    stop = threading.Event()
    sent = []

    def work(n, client):
        count = 0
        while not stop.is_set() and count < 90:
            client.client.publish(own, json.dumps({"result": n * 100 + count}), 1)
            count += 1
            time.sleep(0.005)
        sent.extend(n * 100 + i for i in range(count))

    threads = [threading.Thread(target=work, args=one) for one in enumerate(clients)]
    for thread in threads:
        thread.start()
    for pause in (0.15, 0.2):
        time.sleep(pause)
        city.kill()
        city.start()
    for thread in threads:
        thread.join()
    assert len(sent) == 270
    got = lambda: city.results(stream)[before:]
    eventually(lambda: len(set(got())) == len(sent), 30)
    time.sleep(0.3)
    assert sorted(got()) == sorted(sent), (len(got()), len(set(got())), len(sent))
    for client in clients:
        client.end()


def mapped(city, thing, stream):
    """Topics with plain JSON, as a mapping says it."""
    city.call("steward", "PUT", "/api/v1/mqtt/mappings/levels", {"value": {
        "active": True, "topic": "gauges/+/level", "streams": {"1": stream},
        "result": "/data/level", "time": "/at", "time_form": "seconds"}}, seen=0)
    before = city.results(stream)
    says = {"data": {"level": 42}, "at": 1769846400}
    assert publish(city, "gauge-1", "gauges/1/level", says)[0] == 0
    told = Client(city, "gauge-1", "told-mapped").ready()
    told.subscribe("refusals/gauge-1")
    assert publish(city, "gauge-1", "gauges/2/level", says)[0] == 0
    eventually(lambda: told.heard)
    assert json.loads(told.heard[0].payload)["code"] == "mqtt.no-stream"
    told.end()
    assert city.results(stream) == before + [42]


class Mosquitto:
    """A broker that is not ours."""

    def __init__(self, folder, port):
        self.folder, self.port = folder, port
        (folder / "passwords").unlink(missing_ok=True)
        subprocess.run(["mosquitto_passwd", "-b", "-c", folder / "passwords", "city", "secret"],
                       check=True, capture_output=True)
        (folder / "mosquitto.conf").write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {folder}/passwords\n"
            f"max_queued_messages 40\nsys_interval 1\nuser root\n")

    def start(self):
        self.process = subprocess.Popen(
            [shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", self.folder / "mosquitto.conf"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def publish(self, topic, *says):
        """At QoS 1; whether the broker has all of it."""
        return subprocess.run(
            ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.port), "-V", "311", "-u", "city", "-P", "secret",
             "-q", "1", "-t", topic, "-l"], input="".join(json.dumps(one) + "\n" for one in says), text=True,
            capture_output=True, timeout=20).returncode == 0


def outside(city, stream):
    """Readings from a broker that is not ours, which is not there at first, and
    goes away; and the city killed while the broker holds messages for it."""
    folder = city.data.parent
    with socket.create_server(("127.0.0.1", 0)) as free:
        broker = Mosquitto(folder, free.getsockname()[1])
    (folder / "password").write_text("secret\n")
    settings = [f"mqtt_broker=mqtt://127.0.0.1:{broker.port}", "mqtt_broker_user=city",
                f"mqtt_broker_password={folder}/password"]
    city.stop()
    city.start(*settings)
    before = len(city.results(stream))
    got = lambda: city.results(stream)[before:]
    time.sleep(0.3)
    broker.start()
    said = folder / "log"
    eventually(lambda: "connected to the MQTT broker" in said.read_text())
    own = f"v1.1/Datastreams({stream})/Observations"
    assert broker.publish("gauges/1/level", {"data": {"level": 1}, "at": 1769846401})
    eventually(lambda: got() == [1])
    assert broker.publish("gauges/1/level", "no")
    eventually(lambda: city.device("mqtt-broker")["malformed"] == 1)
    # A new mapping is subscribed to at once.
    city.call("steward", "PUT", "/api/v1/mqtt/mappings/bare", {"value": {
        "active": True, "topic": "bare", "streams": {"": stream}, "result": ""}}, seen=0)
    eventually(lambda: broker.publish("bare", 2) and 2 in got())
    # Killed: what the broker holds for the city comes once it is there again.
    city.kill()
    for n in range(20):
        assert broker.publish("gauges/1/level", {"data": {"level": 100 + n}, "at": 1769846500 + n})
    city.start(*settings)
    eventually(lambda: [r for r in got() if r >= 100] == [100 + n for n in range(20)])
    # Away for longer than the broker keeps messages: what it kept comes whole and in order,
    # and what it dropped is counted and told.
    city.kill()
    many = [{"data": {"level": n + 0.25}, "at": 1769846700 + n} for n in range(100)]
    assert broker.publish("gauges/1/level", *many)
    city.start(*settings)
    held = lambda: [r for r in got() if r % 1 == 0.25]
    dropped = lambda: city.call("steward", "GET", "/api/v1/mqtt")["outside"]["dropped"]
    eventually(lambda: len(held()) >= 40 and dropped() and dropped() + len(held()) == 100)
    assert held() == [n + 0.25 for n in range(len(held()))], held()
    # The broker goes away and comes back.
    broker.stop()
    broker.start()
    eventually(lambda: broker.publish("gauges/1/level", {"data": {"level": 200}, "at": 1769846600}) and 200 in got())
    broker.stop()
    city.stop()
    city.start()


def quarantine(city, thing, stream):
    own = f"v1.1/Datastreams({stream})/Observations"
    count = len(city.results(stream))
    told = Client(city, "gauge-1", "told", clean=False).ready()
    told.subscribe("refusals/gauge-1")
    seen = city.device("gauge-1")["version"]
    city.call("steward", "PUT", "/api/v1/devices/gauge-1", {"things": [thing], "most_per_minute": 1}, seen)
    done = mosquitto(city, "pub", "gauge-1", "-q", "1", "-t", own, "-l", stdin=subprocess.PIPE)
    done.stdin.write('{"result": 1}\n{"result": 2}\n{"result": 3}\n')
    done.stdin.flush()
    eventually(lambda: city.device("gauge-1")["quarantine"] == "flood")
    eventually(lambda: any(b"device.quarantined" in m.payload for m in told.heard))
    done.kill()
    done.communicate()
    assert len(city.results(stream)) <= count + 1
    told.end()


def revoked(city):
    """A key that was taken back opens nothing, and a new one does."""
    old = city.keys["gate-7"]
    city.command("user", "password", "gate-7", "--generate")
    assert publish(city, "gate-7", "gates/7/state", "x", key=old)[0] != 0
    city.new_key("gate-7")
    assert publish(city, "gate-7", "gates/7/state", "x")[0] == 0


def tls(city):
    folder = city.data.parent
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
    city.stop()
    city.start(f"mqtt_certificate={folder}/cert.pem", f"mqtt_key={folder}/key.pem")
    secure = ["--cafile", str(folder / "cert.pem")]
    assert publish(city, "gate-7", "gates/7/state", "x", *secure)[0] == 0
    assert publish(city, "gate-7", "gates/7/state", "x")[0] != 0, "without TLS nobody is heard"


def main(binary):
    city = City(binary)
    try:
        for name in ("gauge-1", "gate-7", "app"):
            city.person(name, "partner")
        city.start()
        thing, stream = readings(city)
        refusals(city, stream)
        topics(city, thing)
        again(city, stream)
        killed(city, stream)
        mapped(city, thing, stream)
        outside(city, stream)
        quarantine(city, thing, stream)
        revoked(city)
        tls(city)
    except BaseException:
        print((city.data.parent / "log").read_text()[-4000:], file=sys.stderr)
        raise
    finally:
        city.stop()
    print("MQTT with mosquitto and paho: passed")


main(sys.argv[1])

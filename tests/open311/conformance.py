"""Whether an endpoint speaks Open311 GeoReport v2, in XML and in JSON.

    conformance.py http://127.0.0.1:8080/open311/v2 --key KEY --at LAT,LONG

Knows nothing of Yiwang: only the standard (open311.org) and the extension
servicerequestupdates. Sends a few requests when given a key. The client
`georeport` (PyPI), which is not ours, makes some of the calls.
"""

import argparse
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree
from datetime import datetime, timedelta, timezone

import georeport

failed = []
passed = 0


def check(name, good, found=""):
    global passed
    if good:
        passed += 1
    else:
        failed.append(name)
        print(f"FAILED: {name}: {str(found)[:300]}")


class Endpoint:
    def __init__(self, base):
        self.base = base.rstrip("/")

    def call(self, path, query=None, form=None, headers=None):
        """Status, content type and body of a GET, or of a POST with a form."""
        url = f"{self.base}/{path}"
        if query:
            url += "?" + urllib.parse.urlencode(query)
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(url, data=data, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.headers["Content-Type"], answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers["Content-Type"], error.read()

    def both(self, path, query=None, form=None):
        """The JSON value and the XML tree of one call, and their statuses."""
        answers = {}
        for extension, kind in (("json", "application/json"), ("xml", "text/xml")):
            status, found, body = self.call(f"{path}.{extension}", query, form)
            check(f"{path}.{extension} is {kind}", found.startswith(kind), found)
            check(f"{path}.{extension} says UTF-8", "utf-8" in found.lower(), found)
            read = json.loads if extension == "json" else ElementTree.fromstring
            answers[extension] = (status, read(body.decode("utf-8")))
        return answers


def texts(element):
    return {child.tag: (child.text or "") for child in element}


def is_w3c(text):
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def w3c(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def check_error(name, answers, status):
    code, errors = answers["json"]
    check(f"{name}: JSON answers {status}", code == status, (code, errors))
    listed = isinstance(errors, list) and errors and {"code", "description"} <= set(errors[0])
    check(f"{name}: JSON lists code and description", listed, errors)
    code, tree = answers["xml"]
    check(f"{name}: XML answers {status}", code == status, code)
    first = tree.find("error")
    check(f"{name}: XML has errors/error", tree.tag == "errors" and first is not None, tree.tag)
    if first is not None:
        check(f"{name}: XML has code and description", {"code", "description"} <= set(texts(first)))


def services(endpoint):
    answers = endpoint.both("services")
    status, listed = answers["json"]
    check("services answer 200", status == 200 and answers["xml"][0] == 200)
    check("services are a bare list in JSON", isinstance(listed, list) and listed)
    fields = {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
    check("a service has its fields", fields <= set(listed[0]), listed[0])
    check("metadata is true or false", all(s["metadata"] in (True, False) for s in listed))
    kinds = {"realtime", "batch", "blackbox"}
    check("type is realtime, batch or blackbox", all(s["type"] in kinds for s in listed))
    tree = answers["xml"][1]
    check("services/service in XML", tree.tag == "services" and len(tree) == len(listed))
    first = texts(tree[0])
    check("XML has the same fields", fields <= set(first), first)
    check("XML writes true or false", first["metadata"] in ("true", "false"), first["metadata"])
    codes = [service["service_code"] for service in listed]
    check("codes are unique", len(set(codes)) == len(codes))
    return listed


def definitions(endpoint, listed):
    asked = [service for service in listed if service["metadata"]]
    kinds = {"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}
    found = {}
    for service in asked:
        code = service["service_code"]
        answers = endpoint.both(f"services/{code}")
        status, definition = answers["json"]
        check(f"{code}: definition answers 200", status == 200, status)
        check(f"{code}: a bare object", definition.get("service_code") == code, definition)
        fields = {"variable", "code", "datatype", "required", "datatype_description", "order", "description"}
        for attribute in definition["attributes"]:
            check(f"{code}: an attribute has its fields", fields <= set(attribute), attribute)
            check(f"{code}: its datatype is known", attribute["datatype"] in kinds, attribute)
            if attribute["datatype"].endswith("list") and attribute["variable"]:
                check(f"{code}: a list has values", attribute.get("values"), attribute)
        orders = [attribute["order"] for attribute in definition["attributes"]]
        check(f"{code}: order is from 1 on", orders == sorted(set(orders)) and orders[0] == 1, orders)
        tree = answers["xml"][1]
        check(f"{code}: service_definition in XML", tree.tag == "service_definition")
        count = len(tree.findall("attributes/attribute"))
        check(f"{code}: attributes/attribute in XML", count == len(orders), count)
        found[code] = definition["attributes"]
    check_error("an unknown service", endpoint.both("services/no-such-service"), 404)
    return found


REQUEST_FIELDS = {
    "service_request_id", "status", "status_notes", "service_name", "service_code",
    "description", "agency_responsible", "service_notice", "requested_datetime",
    "updated_datetime", "expected_datetime", "address", "address_id", "zipcode", "lat", "long",
    "media_url",
}


def requests(endpoint, listed):
    answers = endpoint.both("requests")
    status, found = answers["json"]
    check("requests answer 200", status == 200 and answers["xml"][0] == 200)
    check("requests are a bare list", isinstance(found, list))
    check("at most 1000", len(found) <= 1000, len(found))
    tree = answers["xml"][1]
    check("service_requests/request in XML", tree.tag == "service_requests"
          and all(child.tag == "request" for child in tree))
    for request in found[:50]:
        check("a request has its fields", REQUEST_FIELDS <= set(request), request)
        check("status is open or closed", request["status"] in ("open", "closed"), request)
        for field in ("requested_datetime", "updated_datetime"):
            check(f"{field} has an offset", is_w3c(request[field]), request[field])
    if not found:
        return
    first = found[0]["service_request_id"]
    status, one = endpoint.both(f"requests/{first}")["json"]
    check("one request is a list of one", status == 200 and len(one) == 1
          and one[0]["service_request_id"] == first, one)
    ids = [request["service_request_id"] for request in found[:3]]
    status, some = endpoint.both("requests", {
        "service_request_id": ",".join(ids), "status": "nonsense", "service_code": "no-such"})["json"]
    check("a list of numbers overrides all else", status == 200
          and {r["service_request_id"] for r in some} == set(ids), some)
    for word in ("open", "closed"):
        status, some = endpoint.both("requests", {"status": word})["json"]
        check(f"status={word} finds only such", all(r["status"] == word for r in some))
    code = found[0]["service_code"]
    if code:
        status, some = endpoint.both("requests", {"service_code": code})["json"]
        check("service_code finds only such", some and all(r["service_code"] == code for r in some))
    status, some = endpoint.both("requests", {"status": "", "service_code": ""})["json"]
    check("an empty parameter counts as absent", len(some) == len(found), len(some))
    status, some = endpoint.both("requests", {"page": 2, "page_size": 2})["json"]
    check("pages follow each other",
          [r["service_request_id"] for r in some] == [r["service_request_id"] for r in found[2:4]])
    now = datetime.now(timezone.utc)
    week = {"start_date": w3c(now - timedelta(days=7)), "end_date": w3c(now)}
    status, some = endpoint.both("requests", week)["json"]
    check("dates bound requested_datetime", all(
        now - timedelta(days=7, seconds=1) <= datetime.fromisoformat(r["requested_datetime"]) <= now
        for r in some))
    long = {"start_date": w3c(now - timedelta(days=120)), "end_date": w3c(now)}
    check_error("more than 90 days", endpoint.both("requests", long), 400)
    check_error("a date that is none", endpoint.both("requests", {"start_date": "soon"}), 400)
    check_error("a status that is none", endpoint.both("requests", {"status": "lost"}), 400)
    check_error("an unknown number", endpoint.both("requests/C99999999999"), 404)
    status, some = endpoint.both("requests", {"extensions": "true", "page_size": 1})["json"]
    check("extensions=true tells what happened", some[0].get("notes"), some)


def submit(endpoint, listed, attributes, key, at):
    lat, long = at.split(",")
    plain = next(s["service_code"] for s in listed if not s["metadata"])
    form = {"api_key": key, "service_code": plain, "lat": lat, "long": long,
            "description": "Light out <b>&</b> 三天没修", "first_name": "Wang", "last_name": "Xiaoming",
            "email": "wang@example.org", "phone": "19900001234", "media_url": "https://example.org/1.jpg"}
    answers = endpoint.both("requests", form=form)
    for extension in ("json", "xml"):
        check(f"sending answers 201 in {extension}", answers[extension][0] in (200, 201), answers[extension][0])
    received = answers["json"][1]
    check("sending answers a list of one", isinstance(received, list) and len(received) == 1, received)
    fields = {"service_request_id", "service_notice", "account_id"}
    check("it has a number, a notice, an account", fields <= set(received[0]), received)
    number = received[0]["service_request_id"]
    tree = answers["xml"][1]
    check("XML has service_requests/request/service_request_id",
          tree.find("request/service_request_id") is not None)
    status, mapped = endpoint.both(f"tokens/{number}")["json"]
    check("a token gives the number", mapped[0]["service_request_id"] == number, mapped)
    status, found = endpoint.both(f"requests/{number}")["json"]
    check("what was sent is found", status == 200 and found[0]["status"] == "open", found)
    check("anyone's view holds no words and no contact",
          "三天没修" not in json.dumps(found, ensure_ascii=False) and "1990000" not in json.dumps(found))
    without = lambda *names: {k: v for k, v in form.items() if k not in names}
    post = lambda **changes: endpoint.both("requests", form={**form, **changes})
    bare = endpoint.both("requests", form=without("description", "email", "phone", "media_url"))
    check("a description is optional", bare["json"][0] in (200, 201), bare["json"])
    check_error("no key", endpoint.both("requests", form=without("api_key")), 403)
    check_error("a wrong key", post(api_key="nonsense"), 403)
    check_error("no service", endpoint.both("requests", form=without("service_code")), 400)
    check_error("an unknown service", post(service_code="no-such-service"), 404)
    check_error("no place", endpoint.both("requests", form=without("lat", "long")), 400)
    check_error("half a place", endpoint.both("requests", form=without("long")), 400)
    check_error("a place off the globe", post(lat="95"), 400)
    check_error("a place that is no number", post(lat="north"), 400)
    check_error("a description of 4001", post(description="x" * 4001), 400)
    check_error("a picture that is no address", post(media_url="javascript:alert(1)"), 400)
    status, kind, body = endpoint.call("requests.json", headers={"Content-Type": "application/json"}, form={})
    check("a body that is no form is refused", status == 400, status)
    addressed = {**without("lat", "long"), "address_string": "1 Spring Road"}
    status, received = endpoint.both("requests", form=addressed)["json"]
    check("an address will do", status in (200, 201), received)
    for code, asked in attributes.items():
        required = [a for a in asked if a["required"]]
        answersheet = {}
        for a in (a for a in asked if a["variable"]):
            value = {"number": "2.5", "datetime": w3c(datetime.now(timezone.utc))}.get(a["datatype"], "A-17")
            if a["datatype"].endswith("list"):
                value = a["values"][0]["key"]
            suffix = "[]" if a["datatype"] == "multivaluelist" else ""
            answersheet[f"attribute[{a['code']}]{suffix}"] = value
        status, received = endpoint.both("requests", form={**form, "service_code": code, **answersheet})["json"]
        check(f"{code}: answered questions are taken", status in (200, 201), received)
        if required:
            check_error(f"{code}: an unanswered question", post(service_code=code), 400)
        check_error(f"{code}: an unknown question", post(
            service_code=code, **answersheet, **{"attribute[no-such]": "x"}), 400)
    return number


def updates(endpoint, number, key):
    since = {"start_date": w3c(datetime.now(timezone.utc) - timedelta(minutes=5))}
    answers = endpoint.both("servicerequestupdates", since)
    status, found = answers["json"]
    mine = [u for u in found if u["service_request_id"] == number]
    check("an update tells of what was sent", status == 200 and mine and mine[0]["status"] == "OPEN", found[:2])
    fields = {"update_id", "service_request_id", "status", "updated_datetime", "description"}
    check("an update has its fields", fields <= set(mine[0]), mine)
    check("service_request_updates/request_update in XML",
          answers["xml"][1].find("request_update") is not None)
    form = {"api_key": key, "service_request_id": number, "status": "REOPEN", "description": "still dark"}
    check_error("reopening what is open", endpoint.both("servicerequestupdates", form=form), 400)
    check_error("an update without a key", endpoint.both(
        "servicerequestupdates", form={**form, "api_key": ""}), 403)
    check_error("a status that is none", endpoint.both(
        "servicerequestupdates", form={**form, "status": "LOST"}), 400)


def other_client(base, listed):
    client = georeport.GeoReport(base)
    check("georeport reads the services", len(client.get_service_list()) == len(listed))
    asked = [service["service_code"] for service in listed if service["metadata"]]
    for code in asked[:1]:
        check("georeport reads a definition", client.get_service_definition(code)["service_code"] == code)
    found = client.get_service_requests(status="open")
    check("georeport reads requests", found and all(r["status"] == "open" for r in found))
    number = found[0]["service_request_id"]
    for output_format in ("json", "xml"):
        one = georeport.GeoReport(base, output_format=output_format).get_service_request(number)
        check(f"georeport reads one request as {output_format}", one["service_request_id"] == number)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("--key", help="an api_key; without it nothing is sent")
    parser.add_argument("--at", help="LAT,LONG of a point within the endpoint's city")
    arguments = parser.parse_args()
    endpoint = Endpoint(arguments.base)
    listed = services(endpoint)
    attributes = definitions(endpoint, listed)
    requests(endpoint, listed)
    if arguments.key and arguments.at:
        number = submit(endpoint, listed, attributes, arguments.key, arguments.at)
        updates(endpoint, number, arguments.key)
    other_client(arguments.base, listed)
    print(f"{passed} passed, {len(failed)} failed")
    sys.exit(1 if failed else 0)


main()

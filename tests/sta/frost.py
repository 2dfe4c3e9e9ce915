"""The frost-sta-client against a server: python frost.py ROOT KEY."""

import sys

import frost_sta_client as fsc
from requests.auth import AuthBase


class Key(AuthBase):
    def __init__(self, key):
        self.key = key

    def __call__(self, request):
        request.headers["Authorization"] = f"Bearer {self.key}"
        return request


class KeyHandler(fsc.AuthHandler):
    def __init__(self, key):
        super().__init__()
        self.key = key

    def add_auth_header(self):
        return Key(self.key)


def point(lon, lat):
    return {"type": "Point", "coordinates": [lon, lat]}


def main(root, key):
    service = fsc.SensorThingsService(root, auth_handler=KeyHandler(key))
    location = fsc.Location(
        name="桥头",
        description="d",
        encoding_type="application/vnd.geo+json",
        location=point(116.4, 39.9),
    )
    thing = fsc.Thing(name="gauge", description="雨量站", properties={"street": "春风路"})
    thing.locations = fsc.model.ext.entity_list.EntityList(
        entity_class=fsc.model.ext.entity_type.EntityTypes["Location"]["class"],
        entities=[location],
    )
    service.create(thing)
    assert thing.id > 0, thing.id

    sensor = fsc.Sensor(
        name="s", description="d", encoding_type="application/pdf", metadata="m"
    )
    observed = fsc.ObservedProperty(name="rain", definition="http://x", description="d")
    unit = fsc.UnitOfMeasurement(name="millimetre", symbol="mm", definition="ucum:mm")
    stream = fsc.Datastream(
        name="rain",
        description="d",
        observation_type="OM_Measurement",
        unit_of_measurement=unit,
        thing=fsc.Thing(id=thing.id),
        sensor=sensor,
        observed_property=observed,
    )
    service.create(stream)

    one = fsc.Observation(
        result=1.5,
        phenomenon_time="2026-02-03T00:00:00Z",
        datastream=fsc.Datastream(id=stream.id),
    )
    service.create(one)
    found = service.observations().find(one.id)
    assert found.result == 1.5, found.result

    array = fsc.model.ext.data_array_value.DataArrayValue()
    array.datastream = fsc.Datastream(id=stream.id)
    array.components = {array.Property.PHENOMENON_TIME, array.Property.RESULT}
    for i in range(5):
        array.add_observation(
            fsc.Observation(result=i, phenomenon_time=f"2026-02-03T01:00:0{i}Z")
        )
    document = fsc.model.ext.data_array_document.DataArrayDocument()
    document.add_data_array_value(array)
    made = service.observations().create(document)
    assert len(made) == 5, made

    stream = service.datastreams().find(stream.id)
    query = stream.get_observations().query().filter("result gt 1 and result le 3")
    results = [o.result for o in query.orderby("result", "desc").list()]
    assert results == [3, 2, 1.5], results
    things = service.things().query().filter("name eq 'gauge'").expand("Locations").list()
    assert [t.name for t in things] == ["gauge"]
    assert things.entities[0].locations.entities[0].name == "桥头"

    thing = service.things().find(thing.id)
    thing.name = "renamed"
    service.update(thing)
    assert service.things().find(thing.id).name == "renamed"
    service.delete(thing)
    assert len(service.things().query().list().entities) == 0
    print("frost-sta-client: passed")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The twelve tools: three of each domain, schemas that hold, results that depend on the arguments alone."""

from collections import Counter

import pytest

from microturn.bench.tools import TOOLS, schemas, tool_call

FLIGHT = {"origin": "london", "destination": "paris", "date": "monday"}


def test_three_tools_of_each_domain() -> None:
    assert len(TOOLS) == 12 and set(Counter(tool.domain for tool in TOOLS.values()).values()) == {3}


def test_schemas_are_those_of_function_calling() -> None:
    for schema in schemas():
        assert schema["name"] in TOOLS and schema["description"].endswith(".")
        properties = schema["parameters"]["properties"]
        assert schema["parameters"]["type"] == "object" and set(schema["parameters"]["required"]) <= set(properties)
        assert all(one["type"] in ("string", "integer", "number") and one["description"] for one in properties.values())


def test_the_same_question_has_the_same_answer() -> None:
    found = tool_call("search_flights", FLIGHT)
    assert len(found["flights"]) == 3 and found == tool_call("search_flights", {**FLIGHT, "origin": " London"})
    assert found != tool_call("search_flights", {**FLIGHT, "date": "tuesday"})
    first = found["flights"][0]["flight_id"]
    assert tool_call("book_flight", {"flight_id": first, "passenger": "anna"})["status"] == "booked"


@pytest.mark.parametrize("name", TOOLS)
def test_every_tool_answers(name: str) -> None:
    args = {
        key: schema.get("enum", ["x"])[0] if schema["type"] == "string" else 3
        for key, schema in TOOLS[name].parameters.items()
    }
    assert "error" not in tool_call(name, args)
    optional = {key: value for key, value in args.items() if key not in TOOLS[name].optional}
    assert "error" not in tool_call(name, optional)


@pytest.mark.parametrize(
    ("name", "args", "sentence"),
    [
        ("fly", {}, "there is no tool 'fly'"),
        ("search_flights", {"origin": "london"}, "needs 'destination'"),
        ("search_apartments", {"city": "oslo", "bedrooms": "two"}, "has to be a integer"),
        ("search_apartments", {"city": "oslo", "bedrooms": True}, "has to be a integer"),
        ("calculate_commute", {"origin": "a", "destination": "b", "mode": "rocket"}, "one of walk"),
    ],
)
def test_wrong_calls_get_a_sentence(name: str, args: dict[str, object], sentence: str) -> None:
    assert sentence in tool_call(name, args)["error"]


def test_limits_are_kept() -> None:
    every = tool_call("search_products", {"query": "lamp"})["products"]
    cheap = tool_call("search_products", {"query": "lamp", "max_price": min(one["price"] for one in every)})["products"]
    assert 0 < len(cheap) < len(every)
    assert tool_call("search_apartments", {"city": "oslo", "bedrooms": 2, "max_rent": 1})["apartments"] == []
    rate = tool_call("get_exchange_rate", {"base": "euros", "target": "yen", "amount": 10})
    assert rate["converted"] == pytest.approx(10 * rate["rate"], abs=0.01)

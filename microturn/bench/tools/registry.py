"""The twelve tools: names, JSON schemas and what they give back; made up, but always the same for the same arguments."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Result = dict[str, Any]
Schema = dict[str, Any]
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {"string": (str,), "integer": (int,), "number": (int, float)}


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A tool; `parameters` has a JSON schema for each, all of which are required but for those of `optional`."""

    name: str
    domain: str
    summary: str
    parameters: Mapping[str, Schema]
    run: Callable[[Mapping[str, Any]], Result]
    optional: tuple[str, ...] = ()

    def schema(self) -> Schema:
        """The declaration that function-calling systems take: name, description and an object of parameters."""
        required = [name for name in self.parameters if name not in self.optional]
        parameters = {"type": "object", "properties": dict(self.parameters), "required": required}
        return {"name": self.name, "description": self.summary, "parameters": parameters}


def tool_call(name: str, args: Mapping[str, Any]) -> Result:
    """What a tool gives back; {"error": sentence} for an unknown tool and for arguments that its schema refuses."""
    tool = TOOLS.get(name)
    if tool is None:
        return {"error": f"there is no tool {name!r}; there are {', '.join(TOOLS)}"}
    wrong = _wrong(tool, args)
    return {"error": wrong} if wrong else tool.run(args)


def schemas() -> list[Schema]:
    """Every tool's declaration."""
    return [tool.schema() for tool in TOOLS.values()]


def _wrong(tool: Tool, args: Mapping[str, Any]) -> str:
    for name, schema in tool.parameters.items():
        if name not in args:
            if name not in tool.optional:
                return f"{tool.name} needs {name!r}: {schema['description']}"
            continue
        value = args[name]
        if isinstance(value, bool) or not isinstance(value, _TYPES[schema["type"]]):
            return f"{tool.name}: {name!r} has to be a {schema['type']}, got {value!r}"
        if value not in schema.get("enum", [value]):
            return f"{tool.name}: {name!r} has to be one of {', '.join(schema['enum'])}, got {value!r}"
    return ""


def _dice(*seeds: Any) -> int:
    """A number of 32 bits that depends on what was asked, not on how it was spelled."""
    return zlib.crc32("|".join(str(seed).strip().lower() for seed in seeds).encode())


def _code(prefix: str, *seeds: Any) -> str:
    return f"{prefix}{_dice(prefix, *seeds) % 9000 + 1000}"


def _search_flights(args: Mapping[str, Any]) -> Result:
    asked = (args["origin"], args["destination"], args["date"])
    return {
        "flights": [
            {
                "flight_id": _code("MT", place, *asked),
                "departs": f"{6 + 4 * place + _dice(place, *asked) % 4:02d}:{_dice(*asked, place) % 12 * 5:02d}",
                "price": 80 + _dice("fare", place, *asked) % 320,
            }
            for place in range(3)
        ]
    }


def _book_flight(args: Mapping[str, Any]) -> Result:
    return {"booking_id": _code("B", args["flight_id"], args["passenger"]), "status": "booked"}


def _update_identity_doc(args: Mapping[str, Any]) -> Result:
    return {"document": args["document"], "number": args["number"], "status": "updated"}


def _get_card_benefits(args: Mapping[str, Any]) -> Result:
    offers = ("lounge visits", "travel insurance", "cash back on food", "no fee abroad", "two for one cinema")
    first = _dice(args["card"]) % len(offers)
    return {"card": args["card"], "benefits": [offers[first], offers[(first + 2) % len(offers)]]}


def _get_exchange_rate(args: Mapping[str, Any]) -> Result:
    rate = round((50 + _dice(args["base"]) % 950) / (50 + _dice(args["target"]) % 950), 4)
    converted = {"converted": round(rate * args["amount"], 2)} if "amount" in args else {}
    return {"base": args["base"], "target": args["target"], "rate": rate, **converted}


def _modify_autopay(args: Mapping[str, Any]) -> Result:
    return {**args, "status": "changed"}


def _search_apartments(args: Mapping[str, Any]) -> Result:
    asked = (args["city"], args["bedrooms"])
    homes = [
        {
            "apartment_id": _code("A", place, *asked),
            "rent": 600 + _dice("rent", place, *asked) % 1800,
            "bedrooms": args["bedrooms"],
        }
        for place in range(4)
    ]
    return {"apartments": [home for home in homes if home["rent"] <= args.get("max_rent", home["rent"])]}


def _calculate_commute(args: Mapping[str, Any]) -> Result:
    slow = {"walk": 4, "bicycle": 2, "bus": 2, "train": 1, "car": 1}[args["mode"]]
    return {"minutes": slow * (8 + _dice(args["origin"], args["destination"]) % 25)}


def _update_search_filter(args: Mapping[str, Any]) -> Result:
    return {args["filter"]: args["value"], "status": "set"}


def _track_order(args: Mapping[str, Any]) -> Result:
    states = ("packed", "on its way", "at the depot", "delivered")
    return {"order_id": args["order_id"], "status": states[_dice(args["order_id"]) % len(states)]}


def _search_products(args: Mapping[str, Any]) -> Result:
    goods = [
        {
            "product_id": _code("P", place, args["query"]),
            "title": args["query"],
            "price": 5 + _dice("price", place, args["query"]) % 90,
        }
        for place in range(3)
    ]
    return {"products": [one for one in goods if one["price"] <= args.get("max_price", one["price"])]}


def _add_to_cart(args: Mapping[str, Any]) -> Result:
    return {"product_id": args["product_id"], "quantity": args["quantity"], "status": "added"}


def _text(what: str, options: Sequence[str] = ()) -> Schema:
    return {"type": "string", "description": what, **({"enum": list(options)} if options else {})}


def _whole(what: str) -> Schema:
    return {"type": "integer", "description": what}


def _amount(what: str) -> Schema:
    return {"type": "number", "description": what}


TRAVEL, FINANCE, HOUSING, SHOP = "travel_identity", "finance_billing", "housing_location", "ecommerce_support"
TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            name="search_flights",
            domain=TRAVEL,
            summary="Find flights between two cities on a day.",
            parameters={
                "origin": _text("city to leave from"),
                "destination": _text("city to go to"),
                "date": _text("day of the flight"),
            },
            run=_search_flights,
        ),
        Tool(
            name="book_flight",
            domain=TRAVEL,
            summary="Book a flight that was found.",
            parameters={"flight_id": _text("a flight's id"), "passenger": _text("who flies")},
            run=_book_flight,
        ),
        Tool(
            name="update_identity_doc",
            domain=TRAVEL,
            summary="Change the number of an identity document on file.",
            parameters={
                "document": _text("which document", ("passport", "identity card", "driving licence")),
                "number": _text("its new number"),
            },
            run=_update_identity_doc,
        ),
        Tool(
            name="get_card_benefits",
            domain=FINANCE,
            summary="What a payment card offers.",
            parameters={"card": _text("name of the card")},
            run=_get_card_benefits,
        ),
        Tool(
            name="get_exchange_rate",
            domain=FINANCE,
            summary="What a currency is worth in another.",
            parameters={
                "base": _text("currency to change"),
                "target": _text("currency to get"),
                "amount": _amount("how much of it"),
            },
            run=_get_exchange_rate,
            optional=("amount",),
        ),
        Tool(
            name="modify_autopay",
            domain=FINANCE,
            summary="Change the day on which a bill is paid by itself.",
            parameters={"bill": _text("which bill"), "day": _whole("day of the month")},
            run=_modify_autopay,
        ),
        Tool(
            name="search_apartments",
            domain=HOUSING,
            summary="Find apartments in a city.",
            parameters={
                "city": _text("where"),
                "bedrooms": _whole("how many bedrooms"),
                "max_rent": _amount("highest rent a month"),
            },
            run=_search_apartments,
            optional=("max_rent",),
        ),
        Tool(
            name="calculate_commute",
            domain=HOUSING,
            summary="How long the way between two places takes.",
            parameters={
                "origin": _text("where it begins: an address or an apartment's id"),
                "destination": _text("where it ends"),
                "mode": _text("how to go", ("walk", "bicycle", "bus", "train", "car")),
            },
            run=_calculate_commute,
        ),
        Tool(
            name="update_search_filter",
            domain=HOUSING,
            summary="Narrow the search for apartments.",
            parameters={"filter": _text("what to go by"), "value": _text("what it has to be")},
            run=_update_search_filter,
        ),
        Tool(
            name="track_order",
            domain=SHOP,
            summary="Where an order is.",
            parameters={"order_id": _text("the order's number")},
            run=_track_order,
        ),
        Tool(
            name="search_products",
            domain=SHOP,
            summary="Find products.",
            parameters={"query": _text("what to look for"), "max_price": _amount("highest price")},
            run=_search_products,
            optional=("max_price",),
        ),
        Tool(
            name="add_to_cart",
            domain=SHOP,
            summary="Put a product into the cart.",
            parameters={"product_id": _text("a product's id"), "quantity": _whole("how many")},
            run=_add_to_cart,
        ),
    )
}

"""The weather of the place that was meant: with regions and countries by their abbreviations, and without a comma."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.openai_server.server import Answer, Request, as_json, serving
from tests.tools import geocoder
from tests.tools.conftest import called
from tests.tools.test_weather import forecast
from voicegui.core.tools import ToolOutcome
from voicegui.tools.open_meteo import OpenMeteo
from voicegui.tools.weather import Weather


class Service:
    def __init__(self) -> None:
        self.place = ""
        """Whose forecast was asked for."""
        self.searches = 0

    def answer(self, request: Request) -> Answer:
        if request.path.startswith("/v1/search"):
            self.searches += 1
            return geocoder.search(request)
        self.place = geocoder.at(parse_qs(urlsplit(request.path).query)["latitude"][0])
        return as_json(forecast())

    async def tell(self, place: str) -> ToolOutcome:
        async with serving(self.answer) as server:
            return await called(Weather(OpenMeteo(server.url, server.url), imperial=False).get_weather, place=place)


@pytest.mark.parametrize(
    ("place", "meant"),
    [
        ("Springfield, CA", "Springfield, California, United States"),
        ("Springfield, Illinois", "Springfield, Illinois, United States"),
        ("Springfield, MA, USA", "Springfield, Massachusetts, United States"),
        ("Springfield, Canada", "Springfield, Manitoba, Canada"),
        ("Athens, GA", "Athens, Georgia, United States"),
        ("Athens, ga", "Athens, Georgia, United States"),
        ("Athens, Georgia", "Athens, Georgia, United States"),
        ("Athens, Greece", "Athens, Attica, Greece"),
        ("Athens, GR", "Athens, Attica, Greece"),
        ("Athens (Ohio)", "Athens, Ohio, United States"),
        ("London, ON", "London, Ontario, Canada"),
        ("London, Ont.", "London, Ontario, Canada"),
        ("London, UK", "London, England, United Kingdom"),
        ("London, U.K.", "London, England, United Kingdom"),
        ("London, England", "London, England, United Kingdom"),
        ("London, CA", "London, Ontario, Canada"),
        ("Perth, WA", "Perth, Western Australia, Australia"),
        ("Perth, Scotland", "Perth, Scotland, United Kingdom"),
        ("Perth, the UK", "Perth, Scotland, United Kingdom"),
        ("Perth, Ontario", "Perth, Ontario, Canada"),
        ("Perth, Spain", None),
        ("Paris, TX", "Paris, Texas, United States"),
        ("Paris, U.S.", "Paris, Texas, United States"),
        ("Paris, the United States", "Paris, Texas, United States"),
        ("Paris, America", "Paris, Texas, United States"),
        ("Paris, Texas, France", None),
        ("Cambridge, MA", "Cambridge, Massachusetts, United States"),
        ("Birmingham, AL", "Birmingham, Alabama, United States"),
        ("Vancouver, WA", "Vancouver, Washington, United States"),
        ("Vancouver, BC", "Vancouver, British Columbia, Canada"),
        ("Vancouver, CA", "Vancouver, British Columbia, Canada"),
        ("San Jose, CA", "San Jose, California, United States"),
        ("San José, CR", "San José, San José Province, Costa Rica"),
        ("San Jose, Costa Rica", "San José, San José Province, Costa Rica"),
        ("Delhi, IN", "Delhi, Delhi, India"),
        ("Delhi, India", "Delhi, Delhi, India"),
        ("Bremen, India", None),
        ("Bremen, IN", "Bremen, Indiana, United States"),
        ("Berlin, DE", "Berlin, State of Berlin, Germany"),
        ("Wilmington, DE", "Wilmington, Delaware, United States"),
        ("Florence, AL", "Florence, Alabama, United States"),
        ("Tbilisi, Georgia", "Tbilisi, Tbilisi, Georgia"),
        ("Charleston, WV", "Charleston, West Virginia, United States"),
        ("Charleston, Virginia", None),
        ("Sao Paulo, SP", "São Paulo, São Paulo, Brazil"),
        ("Washington, DC", "Washington, District of Columbia, United States"),
        ("Washington, D.C.", "Washington, District of Columbia, United States"),
        ("Dublin, Republic of Ireland", "Dublin, Leinster, Ireland"),
        ("Saint Petersburg, FL", "St. Petersburg, Florida, United States"),
        ("Athens, Spain", None),
        # without a comma
        ("Portland Maine", "Portland, Maine, United States"),
        ("portland me", "Portland, Maine, United States"),
        ("Paris Texas", "Paris, Texas, United States"),
        ("Paris in Texas", "Paris, Texas, United States"),
        ("Paris France", "Paris, Île-de-France, France"),
        ("London Ontario", "London, Ontario, Canada"),
        ("London in the UK", "London, England, United Kingdom"),
        ("New York", "New York, New York, United States"),
        ("New York New York", "New York, New York, United States"),
        ("New York City", "New York, New York, United States"),
        ("NYC", "New York, New York, United States"),
        ("L.A.", "Los Angeles, California, United States"),
        ("San José Costa Rica", "San José, San José Province, Costa Rica"),
        ("San Jose California", "San Jose, California, United States"),
        ("Rio de Janeiro Brazil", "Rio de Janeiro, Rio de Janeiro, Brazil"),
        ("Rio de Janeiro", "Rio de Janeiro, Rio de Janeiro, Brazil"),
        ("Kansas City", "Kansas City, Missouri, United States"),
        ("Kansas City Kansas", "Kansas City, Kansas, United States"),
        ("Panama City Florida", "Panama City, Florida, United States"),
        ("Port of Spain", "Port of Spain, Port of Spain, Trinidad and Tobago"),
        ("Washington DC", "Washington, District of Columbia, United States"),
        ("Munich Bavaria", "Munich, Bavaria, Germany"),
        ("München Germany", "Munich, Bavaria, Germany"),
        ("Wellington New Zealand", "Wellington, Wellington Region, New Zealand"),
        ("Springfield Nowhere", None),
        # names that only begin so are others
        ("Perth", "Perth, Western Australia, Australia"),
        ("York", "York, England, United Kingdom"),
        ("München", "Munich, Bavaria, Germany"),
        # countries
        ("Singapore", "Singapore, Singapore, Singapore"),
    ],
)  # fmt: skip
async def test_the_place_that_was_meant(place: str, meant: str | None) -> None:
    service = Service()
    outcome = await service.tell(place)
    assert service.place == (meant or "")
    assert outcome.ok == bool(meant), outcome
    assert service.searches <= 4
    if meant and ("," in place or "(" in place or service.searches > 1):
        assert meant in outcome.say, "what was chosen is said"
    elif meant is None:
        assert "forecast" not in outcome.say and outcome.say.startswith(("I find no ", "There is no place called "))


@pytest.mark.parametrize(
    ("place", "country"),
    [
        ("USA", "United States"), ("UK", "United Kingdom"), ("the UK", "United Kingdom"), ("U.S.", "United States"),
        ("United States of America", "United States"), ("Germany", "Germany"), ("France", "France"),
        ("America", "United States"), ("England, UK", None), ("Mexico", "Mexico"), ("Great Britain", "United Kingdom"),
    ],
)  # fmt: skip
async def test_a_country_is_no_town(place: str, country: str | None) -> None:
    service = Service()
    outcome = await service.tell(place)
    assert (outcome.ok, service.place) == (False, "")
    if country:
        assert outcome.say == f"{country} is a whole country. Name a town there."


async def test_what_there_is_instead_is_named() -> None:
    assert (await Service().tell("Athens, Spain")).say == (
        "I find no Athens in Spain. There is Athens, Attica, Greece, Athens, Georgia, United States and Athens, Ohio, "
        "United States. Say the region or the country."
    )

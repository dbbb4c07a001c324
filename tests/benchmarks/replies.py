"""What the scripted language model answers. No commas: each sentence is one piece for the voice."""

SHORT = ("Certainly here is what I found.",)

SHORTEST = ("Right?",)

_THINGS_TEXT = (
    "amber bamboo cotton copper diamonds feathers flour garlic granite honey ivory leather lemons marble olives "
    "pepper rice rubber salt silver sugar timber velvet wool"
)
_THINGS = _THINGS_TEXT.split()

ANSWERS = tuple((f"The answer is {thing}.", "Right?") for thing in _THINGS)
"""Of a service that streams: first a short sentence of five tokens, each time another one, because speech that was made
once is not asked for again."""

LONG = (
    "The lighthouse on the northern cape was built by a family of stone masons from the village.",
    "Every block was carried over the hills by horses because the road along the coast did not exist.",
    "The lamp burned whale oil in the beginning and later it burned paraffin.",
    "Keepers lived there with their children and a small herd of goats.",
    "In winter the waves climbed higher than the roof of the house.",
    "Ships from many countries used its light to find the narrow entrance of the bay.",
    "One night a fishing boat lost its rudder and drifted towards the rocks.",
    "The youngest keeper rowed out alone and brought all seven sailors back.",
    "Years later the government replaced the lamp with an electric one.",
    "The last family moved to the town and opened a bakery near the harbour.",
    "Today the tower belongs to a club of volunteers who paint it every spring.",
    "Visitors may climb the two hundred steps and look over the whole island.",
    "On clear days you can see the mountains on the other side of the water.",
    "Seals rest on the flat stones below and do not mind the noise at all.",
    "There is a small museum with old maps and letters and a broken compass.",
    "The guide likes to tell how the great storm moved the iron door.",
    "Nobody was hurt but the clock in the kitchen has been wrong ever since.",
    "Many couples get married there because the light still turns at midnight.",
)

ALL = SHORT + LONG + tuple(dict.fromkeys(sentence for answer in ANSWERS for sentence in answer))

"""Questions about things, not for them: "How does a clipboard work?", "Explain how rain forms in four sentences".

They sound like a request for a tool, because they name what it is about.
"""

import re

_FOR_ITSELF = r"(?!(?:cold|warm|hot|much|many|long|late|far|tall|high|big|heavy|fast|wet|windy|humid|the weather|it)\b)"
"""Not "how cold": that is for the weather."""
_OF_OTHERS = (
    r"(?!.*(?:\b(?:clipboard|file|folder|copied|reminders?|timers? running|my|[\w-]+\.(?:txt|md|csv|pdf|html?))\b"
    r"|\d *%| weather (?:in|for|on|today|tomorrow)))"
)
"""Nothing of the person's own and no sum is to be explained: that takes a tool."""
_TEXTS = (
    "poem|story|stories|joke|song|haiku|limerick|essay|riddle|facts?|tale|speech|rap|lullaby|rhyme|paragraph|"
    "sentences?|explanation|definition|history"
)
_HAPPENS = "works?|form|formed|forms|happens?|made|developed?|invented|created|called"
_SUBJECTS = "weather|rain|snow|hail|storms?|forecasts?|timers?|reminders?|clipboards?|percentages?"
_PLEADING = "(?:(?:please|can|could|would|will|you|i'd like you to|i want you to|help me to) )*"

_WONDERING = re.compile(
    "|".join(
        (
            r"why\b",
            rf"how (?:do|does|did|is|are|was|were) .*\b(?:{_HAPPENS})\b",
            r"how (?:do|would|should) (?:you|i|we|people|they) (?:say|spell|pronounce|write|describe|explain|define)\b",
            r"(?:and )?(?:what|how) (?:do|does|did|would) .*\b(?:mean|feel like|look like|come from)\b",
            r"what (?:causes?|caused|creates?)\b",
            r"what(?:'s| is| was| are) the (?:causes?|history|origin|meaning|purpose|science|idea|point) of\b",
            r"what(?:'s| is| are) the differences? between (?!.*\d)",
            rf"what(?:'s| is| are) (?:an? )?(?:{_SUBJECTS})\b(?!.*\b(?:like|in|for|on|my|left)\b)",
            r"who (?:invented|discovered|wrote|built|created|came up)\b",
            r"when (?:was|were|did) .*\b(?:invented|built|discovered|founded|begin to)\b",
            r"(?:do|does|did) (?:you|people|cats|dogs|animals|kids|children) (?:like|love|enjoy|prefer|believe|hate)\b",
            r"have you ever\b|would you rather\b",
            r"is it (?:true|possible|normal|rude|bad|good|dangerous|safe|healthy|okay|wrong|legal) (?:that|to|for)\b",
            rf"{_PLEADING}(?:explain|describe|define|discuss|translate|imagine|pretend|teach me)\b{_OF_OTHERS}",
            rf"{_PLEADING}(?:tell|show|teach) me (?:why\b|how {_FOR_ITSELF}|what (?:causes|makes)\b)",
            rf"{_PLEADING}(?:understand|wonder|know) (?:why|how) {_FOR_ITSELF}",
            rf"{_PLEADING}(?:write|compose|make up|invent|tell|give|sing|recite|read) (?:me |us )?"
            rf"(?:an?|another|some|the|one|two|three|four|five|\d+|more) (?:\w+ ){{0,3}}(?:{_TEXTS})\b",
            rf"{_PLEADING}(?:write|say|answer|talk|speak) .*\b(?:about|in the (?:voice|style) of)\b",
        )
    )
)


def is_wondering(clause: str) -> bool:
    """`clause`: small letters, single spaces, no fillers in front."""
    return bool(_WONDERING.match(clause))

"""Numbers and signs as the voice gets them: never a silent wrong reading."""

import pytest

from voicegui.core.text.markdown import read
from voicegui.core.text.spoken_text import speakable


@pytest.mark.parametrize(
    ("shown", "spoken"),
    [
        # signs that Markdown has, too
        ("2*3*4 is 24.", "2 times 3 times 4 is 24."),
        ("a*b*c and 5*-3", "a times b times c and 5 times minus 3"),
        ("2**10 is 1024", "2 to the power of 10 is 1024"),
        ("my_notes_2026.txt", "my notes 2026.txt"),
        ("`my_notes` and __init__", "my notes and init"),
        # minus and sums
        ("It is −5 °C.", "It is minus 5 degrees Celsius."),
        ("-5 and (-3, 4) and -$5", "minus 5 and (minus 3, 4) and minus $5"),
        ("from -5°C to –10°C", "from minus 5 degrees Celsius to minus 10 degrees Celsius"),
        ("12 - 5 = 7", "12 minus 5 equals 7"),
        ("12-5=7", "12 minus 5 equals 7"),
        ("What's 12 - 5?", "What's 12 minus 5?"),
        ("7 - 5 is 2", "7 minus 5 is 2"),
        ("2 - 3 = -1", "2 minus 3 equals minus 1"),
        ("a - b = c", "a minus b equals c"),
        ("3 + 4 * 5 = 23", "3 plus 4 times 5 equals 23"),
        ("12 / 4 = 3, 12/4 = 3", "12 divided by 4 equals 3, 12 divided by 4 equals 3"),
        ("1/2 + 1/4 = 3/4", "one half plus one quarter equals 3 quarters"),
        ("5 x 3 = 15", "5 times 3 equals 15"),
        ("two things - 5 apples", "two things - 5 apples"),
        # ranges
        ("5-10 people", "5 to 10 people"),
        ("3 - 9 apples", "3 to 9 apples"),
        ("5–10%, $5-10, 1.5-2.5", "5 to 10 percent, $5 to $10, 1.5 to 2.5"),
        ("1939–1945", "1939 to 1945"),
        ("3:00 p.m. - 5:00 p.m.", "3:00 p.m. to 5:00 p.m."),
        ("5°–10°C", "5 degrees to 10 degrees Celsius"),
        # scores, fractions, ratios
        ("I give it 10/10 today.", "I give it 10 out of 10 today."),
        ("Score: 4/5, 8.5/10, 45/100", "Score: 4 out of 5, 8.5 out of 10, 45 out of 100"),
        ("They won 3-1.", "They won 3 to 1."),
        ("The ratio 8/5 is near.", "The ratio 8 to 5 is near."),
        ("8/5 and 120/80", "8 over 5 and 120 over 80"),
        ("a 16:9 screen, 1:1000, ratio of 16:10", "a 16 to 9 screen, 1 to 1000, ratio of 16 to 10"),
        ("3/4 cup, 1/3, 7/12", "3 quarters cup, one third, 7 twelfths"),
        ("1½ cups, 1 1/2 cups", "1 and one half cups, 1 and one half cups"),
        ("24/7 in 3/4 time", "24 7 in 3 4 time"),
        # dates and times that really are some
        ("On 10/10/2026 at 10:00.", "On 10/10/2026 at 10:00."),
        ("At 4:30 pm and 16:30", "At 4:30 pm and 16:30"),
        ("2026-11-28 and 2026-11", "2026-11-28 and November 2026"),
        ("due on 4/5 or 10/10", "due on 4 slash 5 or 10 out of 10"),
        # phone numbers and names
        ("+1 555-123-4567", "plus 1, 5 5 5, 1 2 3, 4 5 6 7"),
        ("(555) 123-4567 or 555-1234.", "5 5 5, 1 2 3, 4 5 6 7 or 5 5 5, 1 2 3 4."),
        ("COVID-19, F-16, 747-400", "COVID-19, F-16, 747 400"),
        # signs
        ("x ≤ 3, y >= 3", "x is less than or equal to 3, y is greater than or equal to 3"),
        ("a != b, a ≠ b", "a is not equal to b, a is not equal to b"),
        ("If a<b and c>d, then stop.", "If a is less than b and c is greater than d, then stop."),
        ("Settings > Privacy > Camera", "Settings, Privacy, Camera"),
        ("A → B, ~5 km, C#", "A to B, about 5 km, C sharp"),
        ("5 m² and x² and 10⁻³", "5 square meters and x squared and 10 to the power of minus 3"),
        ("2^10 and e^{x+1}", "2 to the power of 10 and e to the power of x plus 1"),
        ("1920x1080", "1920 by 1080"),
        ("It costs $5 and $10, or 5 €.", "It costs $5 and $10, or 5 euros."),
        # tags and what looks like one
        ("<b>bold</b> and <br> x<5", "bold and x is less than 5"),
        ('<a href="x">y</a> <img src=x onerror=1>', "y"),
        ("a<b>c", "a is less than b is greater than c"),
        ("The <body> and <h1 class='x'>", "The and"),
        ("List<int> and a <pseudo> tag", "List int and a pseudo tag"),
        # placeholders, stars, powers in HTML
        ("Replace <your name> with it.", "Replace your name with it."),
        ("Mail <bob@example.com> today.", "Mail bob@example.com today."),
        ("if x <y then y> z", "if x is less than y then y is greater than z"),
        ("I <3 you", "I love you"),
        ("if a[i]>b && c", "if a[i] is greater than b and c"),
        ("A 4* hotel", "A 4 star hotel"),
        ("It costs 3*$4 now.", "It costs 3 times $4 now."),
        ("It is 10<sup>6</sup> long.", "It is 10 to the power of 6 long."),
        ("It is 5 m<sup>2</sup> wide.", "It is 5 m squared wide."),
        ("A note<sup>3</sup> says so.", "A note 3 says so."),
    ],
)  # fmt: skip
def test_read_aloud(shown: str, spoken: str) -> None:
    assert speakable(shown) == spoken


FORMULAS = [
    (
        r"\(x^2 = \frac{1}{4}\), thus $x = 0.5$",
        "x squared equals one quarter, thus x equals 0.5",
        "x² = ¼, thus x = 0.5",
    ),
    (r"$\sqrt{2} \approx 1.41$", "the square root of 2 is approximately 1.41", "√2 ≈ 1.41"),
    (
        r"\[x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}\]",
        "x equals minus b plus or minus the square root of b squared minus 4 a c, all over 2 a",
        "x = (−b ± √(b²−4ac))/2a",
    ),
    (r"$$\sum_{i=1}^{n} i$$", "the sum from i equals 1 to n of i", "∑ᵢ₌₁ⁿ i"),
    (r"$e^{i\pi} + 1 = 0$", "e to the power of i pi plus 1 equals 0", "e^(iπ) + 1 = 0"),
    (r"\(\alpha \le \beta\)", "alpha is less than or equal to beta", "α ≤ β"),
    (r"$\tfrac12 + \frac34 + \binom52$", "one half plus three quarters plus 5 choose 2", "½ + ¾ + C(5, 2)"),
    (r"$\$20 \times 3 = \$60$", "$20 times 3 equals $60", "$20 × 3 = $60"),
    (r"H$_2$O and CO$_2$", "H 2 O and CO 2", "H₂O and CO₂"),
    (r"$n!$ costs $5 or $6", "n factorial costs $5 or $6", "n! costs $5 or $6"),
    (r"$\log_2 8 = 3$", "log base 2 of 8 equals 3", "log₂ 8 = 3"),
    (r"$a_1, \ldots, a_n$", "a 1, and so on, a n", "a₁, …, aₙ"),
    (r"$|x| + |y| = 3$", "the absolute value of x plus the absolute value of y equals 3", "|x| + |y| = 3"),
    (r"$P(A|B)$ is 1", "P(A given B) is 1", "P(A|B) is 1"),
    (r"\begin{align} x &= 1 \\ y &= 2 \end{align}", "x equals 1, y equals 2", "x = 1 ; y = 2"),
    (r"$10^{-3}$ m", "10 to the power of minus 3 m", "10⁻³ m"),
    (r"\(\text{area} = \pi r^2\)", "area equals pi r squared", "area = π r²"),
    (r"$A \subseteq B$", "A is a subset of or equal to B", "A ⊆ B"),
    (r"\(\int_0^1 x\,dx\)", "the integral from 0 to 1 of x d x", "∫₀¹ x dx"),
    (r"\(90^\circ\)", "90 degrees", "90°"),
    (r"\(\unknowncommand{x}\)", "unknowncommand x", "unknowncommand x"),
    (r"$x$ and $n$", "x and n", "x and n"),
    ("It is $5 and $10.", "It is $5 and $10.", "It is $5 and $10."),
    ("From $5 to $10 a month, or US$5", "From $5 to $10 a month, or US$5", "From $5 to $10 a month, or US$5"),
    ("$20-$30", "$20 to $30", "$20-$30"),
]


@pytest.mark.parametrize(("source", "spoken", "shown"), FORMULAS)
def test_formulas(source: str, spoken: str, shown: str) -> None:
    assert speakable(source) == spoken
    (block,) = read(source)
    assert "".join(run.text for run in block.runs) == shown
    if "$5" not in source and "$20" not in source:
        assert not set("\\{}$") & set(speakable(source))

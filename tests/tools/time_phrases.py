"""Phrases and what they mean on Wednesday, 11 March 2026, at 14:20: day (or month and day) and time; "-" is refused."""

WRITTEN_FIRST = """
in 2 seconds | 11 14:20:02
in ten minutes | 11 14:30
in half an hour | 11 14:50
in an hour | 11 15:20
in an hour and a half | 11 15:50
in 2 and a half hours | 11 16:50
in a quarter of an hour | 11 14:35
in three quarters of an hour | 11 15:05
in twenty-five minutes | 11 14:45
in 1 hour and 20 minutes | 11 15:40
in 90 seconds | 11 14:21:30
in a couple of hours | 11 16:20
in 1.5 hours | 11 15:50
in two days | 13 14:20
in a week | 18 14:20
in a month | 4-11 14:20
10 minutes from now | 11 14:30
at 8 | 11 20:00
at 8 pm | 11 20:00
at 8 am | 12 08:00
at 3 | 11 15:00
at 17:30 | 11 17:30
at 5:45 | 11 17:45
5pm | 11 17:00
at half past five | 11 17:30
at quarter to six | 11 17:45
at a quarter past nine | 11 21:15
at twenty past four | 11 16:20
at noon | 12 12:00
at midnight | 12 00:00
at five o'clock | 11 17:00
tonight at 9 | 11 21:00
this evening at seven thirty | 11 19:30
tomorrow morning at eight | 12 08:00
tomorrow at five pm | 12 17:00
tomorrow at 8 | 12 08:00
tomorrow at 8 in the evening | 12 20:00
at 8:15 tomorrow | 12 08:15
at 7 in the morning | 12 07:00
the day after tomorrow at noon | 13 12:00
next Monday at 9:30 | 16 09:30
on Monday at 9 | 16 09:00
Friday at 3 pm | 13 15:00
on Wednesday at 10 | 18 10:00
Monday morning at 8 | 16 08:00
a week from Friday at 10 am | 20 10:00
on the 3rd of April at noon | 4-3 12:00
on April 3 at 4 pm | 4-3 16:00
April 3rd, 2027 at 10:15 am | 2027-4-3 10:15
3 April at 18:00 | 4-3 18:00
2026-04-03 16:00 | 4-3 16:00
2026-04-03T16:00:00 | 4-3 16:00
on the 20th at 11 am | 20 11:00
on Friday the 13th at 8 pm | 13 20:00
the day after the last Sunday of March at 02:30 | 30 02:30
yesterday at 5 pm | -
on 3 March 2026 at noon | -
31 February at 10 am | -
at 25:00 | -
when the cows come home | -
every day at 8 pm | -
in ten bananas | -
at 8 or 9 pm | -
not tomorrow | -
"""
"""Libraries were measured with these before anything was written."""

TO_CHECK = """
at 17h30 | 11 17:30
by 17 h 30 | 11 17:30
at 17h30 tomorrow | 12 17:30
tomorrow at 8h15 | 12 08:15
half an hour past midnight | 12 00:30
half an hour before midnight | 11 23:30
a quarter of an hour before noon | 12 11:45
half an hour after 5 | 11 17:30
sometime around 5 pm | 11 17:00
no later than 5 pm | 11 17:00
in a minute | 11 14:21
in five secs | 11 14:20:05
in thirty five minutes please | 11 14:55
after 45 mins | 11 15:05
in one and a half hours | 11 15:50
in a day and a half | 13 02:20
in 3 days at 9 am | 14 09:00
two hours from now | 11 16:20
in an hour and 15 minutes | 11 15:35
1h30m | 11 15:50
one hundred and twenty minutes | 11 16:20
at ten to seven | 11 18:50
at ten past nine in the evening | 11 21:10
at seven p.m. | 11 19:00
at six thirty | 11 18:30
at 6.30 pm | 11 18:30
at 9 o'clock tonight | 11 21:00
at 4pm | 11 16:00
at 16:00 hours | 11 16:00
by 5 | 11 17:00
around 6 pm | 11 18:00
this afternoon at 4 | 11 16:00
this afternoon | 11 15:00
tonight | 11 21:00
tomorrow night | 12 21:00
tomorrow afternoon | 12 15:00
tomorrow | 12 09:00
tomorrow at noon | 12 12:00
tomorrow at 6:45 am | 12 06:45
seven thirty tomorrow morning | 12 07:30
Saturday | 14 09:00
Saturday evening | 14 19:00
on Sunday at noon | 15 12:00
this Friday at 8 am | 13 08:00
next Friday at 1 pm | 20 13:00
next week | 16 09:00
in two weeks | 25 14:20
in two weeks on Friday | -
the first of May at 7 pm | 5-1 19:00
on May 5th | 5-5 09:00
December 24 at 6 pm | 12-24 18:00
on the 15th at half past ten in the morning | 15 10:30
on the 5th at 9 am | 4-5 09:00
the last day of the month at 5 pm | 31 17:00
on the second Tuesday of April at 10 am | 4-14 10:00
two days before April 3rd at noon | 4-1 12:00
Monday week at 8 am | 23 08:00
Friday the 14th at 9 | -
3/4/2026 at 9 | -
25.12.2026 at 9 am | 12-25 09:00
5 minutes ago | -
last night | -
today at 10 am | -
today at 8 | 11 20:00
today | -
in minus five minutes | -
in 0 minutes | -
in a million years | -
at 13 pm | -
at 7:75 | -
on the 32nd | -
tomorrow at | -
tomorrow or Friday | -
between 5 and 6 pm | -
daily at 9 | -
on Mondays at 9 | -
before lunch | -
in a few minutes | -
noonish | 12 12:00
at 5 pm EST | -
at 5 pm UTC | -
wake me at 7 | -
| -
at 3 in the morning | 12 03:00
at 2 at night | 12 02:00
at 11 at night | 11 23:00
half an hour | 11 14:50
10 | -
10 minutes | 11 14:30
sept 3 at 8 am | 9-3 08:00
on Thurs at 4 pm | 12 16:00
two weeks from tomorrow at noon | 26 12:00
an hour before noon | -
in 3 months | 6-11 14:20
30 seconds later | 11 14:20:30
29 February at noon | 2028-2-29 12:00
noon on Friday | 13 12:00
8 p.m. on Saturday | 14 20:00
Saturday 8pm | 14 20:00
the day before yesterday | -
end of the month | -
"""
"""Written when all of the others were right: 86 of these were at once."""

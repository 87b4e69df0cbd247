"""Dialogues of our own for the bench, never trained on: a user (U) and an assistant (A), in short sentences."""

from microturn.data.dialogue.texts import Dialogue, Side

_TEXTS = """
U: Hi. I would like a table for two tonight. A: Of course. What time would you like to come?
U: Around seven. By the window, if you can. A: There is one by the window at half past seven. Shall I take it?
U: Yes please. A: It is yours. I will see you tonight.

U: Is the museum open on Mondays? A: No, it is closed on Mondays. It opens again on Tuesday at ten.
U: And how much is a ticket? A: A ticket is nine pounds. Children go in for free.
U: Good, then we will come on Tuesday. A: Wonderful. Bring a coat, it is cold in the old rooms.

U: My train was late and I missed the next one. What can I do? A: I am sorry about that. The next one leaves in forty minutes.
U: Do I need a new ticket? A: No, the one you have is good for it. It leaves from platform three.
U: Thank you, that helps. A: You are welcome. Have a good journey.

U: I want to bake a cake, but I have no butter. A: You can use oil instead. Take a little less of it than of butter.
U: How long does it stay in the oven? A: About thirty five minutes. Look at it after thirty.
U: And the sugar? A: Half a cup is enough for most people.

U: Can you help me with a letter to my landlord? A: Gladly. What should it say?
U: The heating has been broken for a week. Nobody came to look at it. A: I see. Do you want a date by which it has to work?
U: Yes. Say by the end of next week. A: Done. I also asked for an answer in writing.

U: What should I see in the city in one day? A: Begin with the old bridge, early in the morning. Then walk up to the castle.
U: Is that far? A: Twenty minutes on foot. The view is worth it.
U: And in the evening? A: There is music by the river every night in summer.

U: My son has a fever since this morning. A: How high is it?
U: It was thirty eight and a half an hour ago. A: Give him a lot to drink and let him sleep. Measure it again tonight.
U: And if it goes up? A: Above thirty nine and a half, call a doctor.

U: I am looking for a present for my sister. A: What does she like to do?
U: She paints, mostly flowers. And she likes to read. A: Then a good box of colours is never wrong. I can show you three of them.
U: Show me the small one, please. A: Here it is. It has twelve colours and two brushes.
"""


def _dialogue(number: int, text: str) -> Dialogue:
    lines: list[tuple[Side, str]] = []
    for line in text.split("\n"):
        user, _, model = line.removeprefix("U: ").partition(" A: ")
        lines.append(("user", user))
        lines.append(("model", model))
    return Dialogue(id=f"bench/{number}", source="microturn", licence="Apache-2.0", lines=tuple(lines))


DIALOGUES = tuple(_dialogue(number, text) for number, text in enumerate(_TEXTS.strip().split("\n\n")))

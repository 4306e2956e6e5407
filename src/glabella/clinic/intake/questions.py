"""What a patient is asked before a treatment; what is asked of health comes from the facts."""

from __future__ import annotations

from dataclasses import dataclass

from glabella import facts

DYSMORPHIA = "body-dysmorphic-disorder"
EARLIER_TOXIN = "other-toxin-recently"


@dataclass(frozen=True, slots=True)
class Question:
    """One question with yes, no and not sure; `more` asks for words when it is not "no"."""

    code: str
    text: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    words: str
    questions: tuple[Question, ...]


HEADINGS = (
    ("allergy", "Allergies", "", "What happened, and with what?"),
    ("condition", "Your health", "", "Which, and since when?"),
    ("medicine", "Medicines", "Also those without a prescription.", "Which, and when last?"),
)

# These items are our own. They lead to a talk; they measure nothing and make no diagnosis.
APPEARANCE = (
    Question("looks-unseen", "Do people close to you say that they cannot see what troubles you?"),
    Question(
        "looks-more", "Do you hope that this changes more than your lines, such as work or love?"
    ),
    Question("looks-worse", "Were you ever more troubled after a cosmetic treatment than before?"),
)
OTHER = (
    Question("filler", "Have you had a filler, threads or a peel where you would be treated?"),
    Question("anticoagulants", "Do you take a blood thinner on a doctor's prescription?"),
    Question("reaction", "Did anything trouble you after an earlier injection?"),
)
OWN = {one.code: one for one in (*APPEARANCE, *OTHER)}


def sections() -> tuple[Section, ...]:
    """All questions in the order in which they are asked."""
    known = facts.load().conditions
    about_health = tuple(
        Section(
            title,
            words,
            tuple(
                Question(code, asked.question, more)
                for code, asked in known.items()
                if asked.about == about and asked.question and code != DYSMORPHIA
            ),
        )
        for about, title, words, more in HEADINGS
    )
    appearance = (Question(DYSMORPHIA, known[DYSMORPHIA].question or ""), *APPEARANCE)
    return (
        *about_health,
        Section("Earlier treatments", "", OTHER),
        Section(
            "How you see yourself",
            "These questions are our own and make no diagnosis. They help us to talk.",
            appearance,
        ),
    )


def asked() -> dict[str, Question]:
    return {question.code: question for section in sections() for question in section.questions}


def name_of(code: str) -> str:
    """What an answer is called in the record."""
    known = facts.load().conditions
    return known[code].name if code in known else OWN[code].text if code in OWN else code

"""A sentence in each of the languages that IFEval asks for."""

import pytest

from microturn.bench.rules.ifeval_language import language_of

SENTENCES = {
    "en": "My sister reads a book in the garden.",
    "es": "Mi hermana lee un libro en el jardín.",
    "pt": "A minha irmã lê um livro no jardim e não fala.",
    "fr": "Ma sœur lit un livre dans le jardin.",
    "de": "Meine Schwester liest ein Buch und ist im Garten.",
    "it": "Mia sorella legge un libro nel giardino della casa.",
    "pl": "Moja siostra czyta książkę w ogrodzie.",
    "vi": "Chị tôi đọc một cuốn sách trong vườn.",
    "sw": "Dada yangu anasoma kitabu katika bustani ya nyumba.",
    "fi": "Siskoni lukee kirjaa puutarhassa ja hän on iloinen.",
    "ru": "Моя сестра читает книгу в саду.",
    "uk": "Моя сестра читає книгу в саду, і їй добре.",
    "bg": "Сестра ми е във градината и това е хубаво.",
    "ar": "أختي تقرأ كتابا في الحديقة.",
    "fa": "خواهرم کتاب می‌خواند و چای می‌نوشد.",
    "ur": "میری بہن باغ میں کتاب پڑھتی ہے۔",
    "he": "אחותי קוראת ספר בגן.",
    "hi": "मेरी बहन बगीचे में किताब पढ़ती है।",
    "mr": "माझी बहीण बागेत पुस्तक वाचत आहे आणि",
    "ne": "मेरी बहिनी बगैंचामा किताब पढ्दै छन् र",
    "bn": "আমার বোন বাগানে বই পড়ে।",
    "pa": "ਮੇਰੀ ਭੈਣ ਕਿਤਾਬ ਪੜ੍ਹਦੀ ਹੈ।",
    "gu": "મારી બહેન પુસ્તક વાંચે છે.",
    "ta": "என் சகோதரி புத்தகம் படிக்கிறாள்.",
    "te": "నా సోదరి పుస్తకం చదువుతోంది.",
    "kn": "ನನ್ನ ಸಹೋದರಿ ಪುಸ್ತಕ ಓದುತ್ತಾಳೆ.",
    "ml": "എന്റെ സഹോദരി പുസ്തകം വായിക്കുന്നു.",
    "th": "พี่สาวของฉันอ่านหนังสือ",
    "ko": "내 여동생은 책을 읽는다.",
    "ja": "妹は庭で本を読みます。",
}


@pytest.mark.parametrize(("language", "text"), SENTENCES.items())
def test_the_language_is_told(language: str, text: str) -> None:
    assert language_of(text) == language


def test_what_shows_nothing() -> None:
    assert language_of("12 + 3 = 15!") is None
    assert language_of("THIS IS LOUD") == "en" == language_of("xyz")
    assert language_of("妹读书") == "zh"
